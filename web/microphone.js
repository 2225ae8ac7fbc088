// The microphone: asking for it, naming what went wrong, and never leaving it on.

/**
 * Who said no. Three causes have one error: the site is blocked, the question was closed without an answer, or the
 * system keeps the microphone from the browser. Chromium's message tells; elsewhere the permission does.
 */
async function refusal({ message = '' }) {
  if (/system/i.test(message)) return 'system';
  if (/dismissed/i.test(message)) return 'dismissed';
  if (message === 'Permission denied') return 'denied';
  const permission = await navigator.permissions?.query({ name: 'microphone' }).catch(() => null);
  return { granted: 'system', prompt: 'dismissed' }[permission?.state] ?? 'denied';
}

/** What the browsers' errors mean to a person (web_call.h: MicrophoneState). */
export async function microphoneState(error) {
  if (!navigator.mediaDevices?.getUserMedia) return isSecureContext ? 'failed' : 'insecure_context';
  switch (error?.name) {
    case 'NotAllowedError':
      return refusal(error);
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    default:
      return 'failed';
  }
}

export const words = (error) => (error?.message ? `${error.name}: ${error.message}` : String(error?.name ?? error));

export const stopStream = (stream) => stream?.getTracks().forEach((track) => track.stop());

export const audioConstraints = (device) => ({
  audio: {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(device ? { deviceId: { exact: device } } : {}),
  },
});

/**
 * Opens a microphone: the chosen one, or when that is gone (left at the office, or the browser has new ids) the
 * default. The choice is kept for when it is back.
 * @returns {Promise<{ stream: MediaStream, replaced: boolean }>}
 */
export async function openMicrophone(device, ask = (constraints) => navigator.mediaDevices.getUserMedia(constraints)) {
  try {
    return { stream: await ask(audioConstraints(device)), replaced: false };
  } catch (error) {
    if (!device || !/^(Overconstrained|NotFound)Error$/.test(error?.name)) throw error;
    return { stream: await ask(audioConstraints('')), replaced: true };
  }
}

/**
 * While a call runs, every request for a microphone on this page passes through here, for three reasons the
 * SDK gives: it asks again although the user has just been asked, it cannot be told which device to take, and
 * it forgets what it opened when the call is left at the wrong moment.
 * @param {MediaStream | null} first  handed out for the first request, if its track still lives
 * @param {string} device  taken for the first request otherwise; '' is the default
 * @returns {{ stop(): void, error: unknown, replaced: boolean }}  stop: no microphone of this call is or will be on;
 *   error: what the browser answered to the last request that failed; replaced: `device` was gone
 */
export function lendMicrophone(first, device) {
  const devices = navigator.mediaDevices;
  const loan = { error: null, replaced: false, stop };
  if (!devices?.getUserMedia) return loan;
  const real = devices.getUserMedia;
  const opened = new Set(first ? [first] : []);
  let asked = false;
  let over = false;

  async function lend(constraints) {
    if (!constraints?.audio) return real.call(devices, constraints);
    const early = !asked;
    asked = true;
    if (early && first?.getAudioTracks()[0]?.readyState === 'live') return first;
    try {
      const ask = (wanted) => real.call(devices, wanted);
      const { stream, replaced } = early && device ? await openMicrophone(device, ask) : { stream: await ask(constraints), replaced: false };
      loan.replaced ||= replaced;
      if (over) {
        stopStream(stream); // granted after the call was left: nobody is there to use it
        throw new DOMException('the call is over', 'AbortError');
      }
      opened.add(stream);
      return stream;
    } catch (error) {
      loan.error = error;
      throw error;
    }
  }
  function stop() {
    over = true;
    if (devices?.getUserMedia === lend) delete devices.getUserMedia; // the prototype's shows again
    if (devices && devices.getUserMedia !== real) devices.getUserMedia = real; // it was somebody's own before us
    opened.forEach(stopStream);
  }
  devices.getUserMedia = lend;
  return loan;
}

/** All microphones and speakers, the system's default left to the empty id. */
export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  const of = (kind) =>
    all.filter((d) => d.kind === kind && d.deviceId && d.deviceId !== 'default' && d.deviceId !== 'communications')
      .map((d) => ({ id: d.deviceId, name: d.label }));
  const speakers = 'setSinkId' in HTMLMediaElement.prototype ? of('audiooutput') : [];
  return { microphones: of('audioinput'), speakers };
}
