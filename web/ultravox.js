// What voxdial takes of the SDK; a chunk of its own, loaded by the first web call.
import { setLogLevel } from 'livekit-client';

export { UltravoxSession } from 'ultravox-client';

// It tells the console about every step, addresses included.
setLogLevel('warn');
