// What the sandbox's Ultravox account holds: voices, models, one stored agent. All made up.

const voice = (n, name, primaryLanguage, description, provider = null) => ({
  voiceId: `5a9d0b0e-7c1f-4c55-9a61-0000000000${String(n).padStart(2, '0')}`,
  name,
  description,
  primaryLanguage,
  ownership: 'public',
  provider,
  billingStyle: provider ? 'VOICE_BILLING_STYLE_EXTERNAL' : 'VOICE_BILLING_STYLE_INCLUDED',
});

export const VOICES = [
  voice(1, 'Sandy', 'en-US', 'Friendly, unhurried'),
  voice(2, 'Boxer', 'en-US', 'Low and calm'),
  voice(3, 'Wren', 'en-GB', 'Clear and brisk'),
  voice(4, 'Amélie', 'fr-FR', 'Warm'),
  voice(5, 'Jonas', 'de-DE', 'Sober'),
  voice(6, 'Lucía', 'es-ES', 'Lively'),
  voice(7, 'Haru', 'ja-JP', 'Polite'),
  voice(8, 'Studio Nine', 'en-US', 'Billed by its provider', 'eleven_labs'),
];

const ALIASES = ['fixie-ai/ultravox', 'fixie-ai/ultravox-llama3.3-70b'];
export const MODELS = [
  'ultravox-v0.7',
  'ultravox-v0.6',
  'ultravox-v0.6-llama3.3-70b',
  'ultravox-v0.6-gemma3-27b',
  ...ALIASES,
];

export const AGENTS = [
  {
    agentId: '7d3f3c2a-51c4-4f1b-8a37-000000000001',
    publishedRevisionId: '7d3f3c2a-51c4-4f1b-8a37-000000000002',
    name: 'Sandbox receptionist',
    created: '2025-01-15T09:00:00.000000Z',
    callTemplate: {
      name: 'Sandbox receptionist',
      created: '2025-01-15T09:00:00Z',
      updated: '2025-01-15T09:00:00Z',
      medium: null,
      systemPrompt: 'You answer for a made-up office.',
      model: 'ultravox-v0.7',
      voice: 'Sandy',
      temperature: 0.3,
      languageHint: 'en',
      joinTimeout: '30s',
      maxDuration: '600s',
      recordingEnabled: false,
      firstSpeakerSettings: { agent: { text: 'Sandbox office, good day. What can I do for you?' } },
      selectedTools: [{ toolName: 'hangUp' }],
    },
    statistics: { calls: 0 },
  },
];

/** The ISO 639 language a voice or a filter speaks of. */
const language = (tag) => tag.split('-')[0].toLowerCase();

/** The voices a query asks for; same language in another region comes last. */
export function findVoices(search) {
  const wanted = (name) => search.get(name);
  let found = VOICES.filter(
    (v) =>
      (!wanted('billingStyle') || v.billingStyle === wanted('billingStyle')) &&
      (!wanted('ownership') || v.ownership === wanted('ownership')) &&
      (!search.getAll('provider').length || search.getAll('provider').includes(v.provider)) &&
      (!wanted('search') || `${v.name} ${v.description}`.toLowerCase().includes(wanted('search').toLowerCase())),
  );
  const tag = wanted('primaryLanguage');
  if (tag) {
    found = found
      .filter((v) => language(v.primaryLanguage) === language(tag))
      .sort((a, b) => (b.primaryLanguage === tag) - (a.primaryLanguage === tag));
  }
  return found;
}
