// What voxdial takes of the SDK; a chunk of its own, loaded by the first web call.
export { UltravoxSession } from 'ultravox-client';
