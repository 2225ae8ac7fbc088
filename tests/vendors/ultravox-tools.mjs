// What Ultravox accepts as the tools of a call: chosen by id or name, or defined for this call alone. Pure.
import {
  text,
  flag,
  matching,
  positive,
  uuid,
  anything,
  isObject,
  free,
  choice,
  list,
  map,
  object,
  oneOf,
  need,
  all,
} from './checks.mjs';

const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

const location = choice('PARAMETER_LOCATION_', 'UNSPECIFIED', 'QUERY', 'PATH', 'HEADER', 'BODY');
const knownValue = choice(
  'KNOWN_PARAM_',
  'UNSPECIFIED',
  'CALL_ID',
  'CONVERSATION_HISTORY',
  'OUTPUT_SAMPLE_RATE',
  'CALL_STATE',
  'CALL_STAGE_ID',
  'THREAD_ID',
  'THREAD_STATES',
  'CALL_METADATA',
);
const onlyName = object({ name: text }, need('name'));
const security = object(
  { queryApiKey: onlyName, headerApiKey: onlyName, httpAuth: object({ scheme: text }, need('scheme')) },
  oneOf('queryApiKey', 'headerApiKey', 'httpAuth'),
);
const toolDefinition = object(
  {
    modelToolName: matching('a tool name of letters, digits, _ and - (1 to 64)', TOOL_NAME),
    description: text,
    dynamicParameters: list(
      object({ name: text, location, schema: free, required: flag }, need('name', 'location', 'schema')),
    ),
    staticParameters: list(object({ name: text, location, value: anything }, need('name', 'location', 'value'))),
    automaticParameters: list(object({ name: text, location, knownValue }, need('name', 'location', 'knownValue'))),
    requirements: object({
      httpSecurityOptions: object({
        options: list(
          object({ requirements: map(security), ultravoxCallTokenRequirement: object({ scopes: list(text) }) }),
        ),
      }),
      requiredParameterOverrides: list(text),
    }),
    timeout: positive,
    precomputable: flag,
    http: object(
      { baseUrlPattern: text, httpMethod: choice('', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
      need('baseUrlPattern', 'httpMethod'),
    ),
    client: object({}),
    dataConnection: object({}),
    defaultReaction: choice('AGENT_REACTION_', 'UNSPECIFIED', 'SPEAKS', 'LISTENS', 'SPEAKS_ONCE'),
    staticResponse: object({ responseText: text }),
  },
  all(need('modelToolName'), oneOf('http', 'client', 'dataConnection'), (tool, place, problems) => {
    if (!tool.client && !tool.dataConnection) return;
    for (const kind of ['dynamicParameters', 'staticParameters', 'automaticParameters']) {
      for (const [i, p] of [].concat(tool[kind] ?? []).entries()) {
        if (p?.location !== 'PARAMETER_LOCATION_BODY')
          problems.push(`${place}.${kind}[${i}].location: a client tool has body parameters only`);
      }
    }
  }),
);
const selectedTool = object(
  {
    toolId: uuid,
    toolName: text,
    temporaryTool: toolDefinition,
    nameOverride: matching('a tool name of letters, digits, _ and - (1 to 64)', TOOL_NAME),
    descriptionOverride: text,
    authTokens: map(text),
    parameterOverrides: map(anything),
    transitionId: text,
  },
  oneOf('toolId', 'toolName', 'temporaryTool'),
);

/** The name a selected tool has for the model. */
export const toolNameOf = (tool) =>
  tool.nameOverride ?? tool.temporaryTool?.modelToolName ?? tool.toolName ?? tool.toolId;

/** The check of a call's tools: each well-formed, no two with one name. */
export const selectedTools = (value, place, problems) => {
  list(selectedTool)(value, place, problems);
  if (!Array.isArray(value)) return;
  const names = value.filter(isObject).map(toolNameOf);
  for (const n of new Set(names)) {
    if (names.indexOf(n) !== names.lastIndexOf(n)) problems.push(`${place}: two tools are named "${n}"`);
  }
};
