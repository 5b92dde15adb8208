// Sign-in providers for the demo and the tests: like ID-porten, and like Entra ID. On this machine's own address only.
//
//   node scripts/sign_in_provider/server.mjs --profile idporten=5001 --profile entra=5002 --clients FILE [--control]
//
// FILE, or the environment's SIGN_IN_PROVIDER_CLIENTS itself, says who may send people here: see clients.mjs.
// With --until-stdin-ends it ends with whoever holds the other end of its standard input.

import './runtime.mjs';

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { parseClients } from './clients.mjs';
import { control, noteTokenRequests } from './control.mjs';
import { memory } from './memory.mjs';
import { assets } from './pages.mjs';
import { PROFILES } from './profiles.mjs';
import { makeProvider, newSigningKey } from './provider.mjs';
import { signIn } from './sign_in.mjs';
import { signOut } from './sign_out.mjs';

const HOST = '127.0.0.1';

const { values: given } = parseArgs({
  options: {
    profile: { type: 'string', multiple: true, default: [] },
    clients: { type: 'string' },
    control: { type: 'boolean', default: false },
    'until-stdin-ends': { type: 'boolean', default: false },
  },
});

const readClients = () =>
  parseClients(given.clients ? readFileSync(given.clients, 'utf8') : process.env.SIGN_IN_PROVIDER_CLIENTS);

/** What outlives a rotation of the keys: everything but the library's own object. */
const makeWorld = (name, port, clients) => ({
  name,
  port,
  profile: PROFILES[name],
  issuer: `http://${HOST}:${port}`,
  clients,
  people: PROFILES[name].people(),
  keys: [newSigningKey()],
  adapter: memory(),
  locales: new Map(),
  tokenRequests: [],
});

function handlerOf(world) {
  const provider = makeProvider(world);
  provider.use(assets);
  if (given.control) {
    provider.use(control(world));
    provider.use(noteTokenRequests(provider, world));
  }
  provider.use(signIn(provider, world));
  provider.use(signOut(provider, world));
  return provider.callback();
}

/** Serve, with keys that can be changed under way: the library takes them at birth, so it is born again. */
function serve(world) {
  let handler = handlerOf(world);
  world.rotateKeys = ({ keep = true } = {}) => {
    world.keys = [newSigningKey(), ...(keep ? world.keys : [])];
    handler = handlerOf(world);
    return { kids: world.keys.map(({ kid }) => kid) };
  };
  const server = createServer((request, response) => handler(request, response));
  return new Promise((resolve, reject) => server.once('error', reject).listen(world.port, HOST, resolve));
}

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

/** The profile and the port in one of the arguments, such as idporten=5001. */
function profileAndPort(text) {
  const [name, port] = text.split('=');
  if (!PROFILES[name] || !/^\d+$/.test(port ?? '')) fail(`--profile must be idporten=PORT or entra=PORT, not ${text}`);
  return { name, port: Number(port) };
}

async function main() {
  const clients = readClients();
  const worlds = given.profile.map(profileAndPort).map(({ name, port }) => makeWorld(name, port, clients[name] ?? []));
  await Promise.all(worlds.map(serve));
  console.log(`listening: ${worlds.map(({ name, issuer }) => `${name} ${issuer}`).join(', ')}`);
}

const end = () => process.exit(0);
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);
if (given['until-stdin-ends']) process.stdin.on('end', end).resume();
main().catch((error) => fail(error.message));
