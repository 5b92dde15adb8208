// The services that may send people here, from one JSON text: {"idporten": [CLIENT, …], "entra": [CLIENT, …]}.
//
// A client has the properties of OpenID Connect's registration. Instead of its addresses it may give the site_url of a
// participation service, and instead of its keys themselves a jwks_file.

import { readFileSync } from 'node:fs';

const serviceAddresses = (site, key) => ({
  redirect_uris: [`${site}/logg-inn/via/${key}/svar`],
  post_logout_redirect_uris: [`${site}/logg-ut/ferdig`],
  frontchannel_logout_uri: `${site}/logg-ut/via/${key}`,
});

function keysOf(file, { jwks }) {
  const keys = file ? JSON.parse(readFileSync(file, 'utf8')) : jwks;
  return keys ? { jwks: keys, token_endpoint_auth_method: 'private_key_jwt' } : {};
}

// Those that are told of a session's end by the back channel are told which session.
const tellsSession = (client) => (client.backchannel_logout_uri ? { backchannel_logout_session_required: true } : {});

function complete({ site_url: site, jwks_file: file, ...client }, profile) {
  const addresses = site ? serviceAddresses(site, profile) : {};
  return { ...addresses, ...tellsSession(client), ...keysOf(file, client), ...client };
}

/** The clients of each profile, as the library wants them. */
export function parseClients(text) {
  const given = Object.entries(JSON.parse(text || '{}'));
  return Object.fromEntries(given.map(([name, clients]) => [name, clients.map((client) => complete(client, name))]));
}
