#!/usr/bin/env node
// Runs the stand-in vendors and prints one line of JSON: addresses and the made-up credentials to reach them.
// Stops on SIGINT and SIGTERM and, with --exit-with-parent, when its standard input closes.
import { numbersMarkdown } from './numbers.mjs';
import { startVendors } from './vendors.mjs';

const HELP = `Usage: node main.mjs [--port N] [--speed X] [--exit-with-parent] [--numbers]
  --port N            Ultravox on port N, Twilio on N+1, control on N+2 (default: free ports)
  --speed X           phone calls go X times faster than life (default 1)
  --exit-with-parent  stop when standard input closes
  --numbers           print the table of magic numbers and stop`;

function options(args) {
  const found = { port: 0, speed: 1, exitWithParent: false };
  const number = (name, text) => {
    if (!(Number(text) >= 0)) throw new Error(`${name} wants a number`);
    return Number(text);
  };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--port') found.port = number('--port', args[++i]);
    else if (args[i] === '--speed') found.speed = number('--speed', args[++i]);
    else if (args[i] === '--exit-with-parent') found.exitWithParent = true;
    else if (args[i] === '--numbers') found.numbers = true;
    else if (args[i] === '--help') found.help = true;
    else throw new Error(`unknown option ${args[i]}`);
  }
  return found;
}

async function main() {
  const { help, numbers, exitWithParent, ...wanted } = options(process.argv.slice(2));
  if (help || numbers) return console.log(help ? HELP : numbersMarkdown());
  const vendors = await startVendors(wanted);
  const stop = () => vendors.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  if (exitWithParent) process.stdin.on('close', stop).on('error', stop).resume();
  const {
    ultravoxBaseUrl,
    twilioBaseUrl,
    ultravoxApiKey,
    twilioAccountSid,
    twilioAuthToken,
    twilioPhoneNumber,
    twilioApiKeySid,
    twilioApiKeySecret,
    controlUrl,
  } = vendors;
  console.log(
    JSON.stringify({
      ultravoxBaseUrl,
      twilioBaseUrl,
      ultravoxApiKey,
      twilioAccountSid,
      twilioAuthToken,
      twilioPhoneNumber,
      twilioApiKeySid,
      twilioApiKeySecret,
      controlUrl,
    }),
  );
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
