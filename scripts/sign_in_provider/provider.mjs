// The certified library, set up for one profile.

import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';

import { interactionPolicy, Provider } from 'oidc-provider';

import { errorPage } from './pages.mjs';
import { LEVELS } from './profiles.mjs';

const { base, Check } = interactionPolicy;
const MINUTE = 60;

export function newSigningKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'RS256', use: 'sig' };
}

const rank = (acr) => LEVELS.findIndex((level) => level.acr === acr);

/** The highest level among those that the client asks for; none where it asks for none that is known. */
export const askedLevel = (params) =>
  Math.max(-1, ...(params.acr_values ?? '').split(' ').map(rank));

// Who comes with a session of a lower level signs in again. The one who just did may have chosen a lower level on the
// page, which then is what the client gets: it has to check.
const higherLevel = new Check('level', 'a higher level of assurance is asked for', 'login_required', ({ oidc }) =>
  !oidc.result?.login && rank(oidc.session.acr) < askedLevel(oidc.params),
);

function policy() {
  const prompts = base();
  prompts.get('login').checks.add(higherLevel);
  return prompts;
}

/** Nobody is asked for consent: the municipality and the provider have agreed on what is told. */
async function grantAll(ctx, scopes) {
  const { account, client, provider } = ctx.oidc;
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  grant.addOIDCScope(scopes.join(' '));
  await grant.save();
  return grant;
}

/** The language asked for at sign-in, kept by session because the token request does not repeat it. */
function localeOf(ctx, code, { profile, locales }) {
  const session = code?.sessionUid ?? ctx.oidc.session?.uid;
  const asked = ctx.oidc.params?.ui_locales?.split(' ').find((locale) => profile.locales?.includes(locale));
  if (asked) locales.set(session, asked);
  return locales.get(session) ?? 'nb';
}

const findAccount = (world) => async (ctx, id, token) => {
  const person = world.profile.find(world.people, id);
  const locale = localeOf(ctx, token, world);
  const claims = async (use) => ({ sub: id, ...(use === 'id_token' ? world.profile.claims(person, locale) : {}) });
  return person && { accountId: id, claims };
};

const pairwise = (ctx, accountId, client) =>
  createHash('sha256').update(`${client.clientId} ${accountId}`).digest('base64url');

const features = {
  backchannelLogout: { enabled: true },
  devInteractions: { enabled: false },
  dPoP: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  // Its own page is never seen: sign_out.mjs answers in its place.
  rpInitiatedLogout: { enabled: true, logoutSource: async () => {} },
};

const routes = { authorization: '/authorize', token: '/token', jwks: '/jwks', userinfo: '/userinfo', end_session: '/logout' };

const ttl = {
  AccessToken: 2 * MINUTE,
  AuthorizationCode: 2 * MINUTE,
  Grant: 120 * MINUTE,
  IdToken: 2 * MINUTE,
  Interaction: 60 * MINUTE,
  Session: 120 * MINUTE,
};

// Browsers give the cookies of one address to every port of it.
const cookieNames = ({ name, port }) =>
  Object.fromEntries(['session', 'interaction', 'resume'].map((kind) => [kind, `${name}_${port}_${kind}`]));

const discovery = (profile) => ({
  ui_locales_supported: profile.locales,
  frontchannel_logout_supported: true,
  frontchannel_logout_session_supported: true,
});

function settings(world) {
  const { profile } = world;
  const scopes = Object.keys(profile.scopes);
  return {
    acrValues: profile.levels.map((level) => level.acr),
    adapter: world.adapter,
    claims: profile.scopes,
    clientAuthMethods: profile.clientAuth,
    clients: world.clients,
    // Both put what they know of a person into the ID token.
    conformIdTokenClaims: false,
    cookies: { names: cookieNames(world) },
    discovery: discovery(profile),
    enabledJWA: { idTokenSigningAlgValues: ['RS256'], clientAuthSigningAlgValues: ['RS256'] },
    extraClientMetadata: { properties: ['frontchannel_logout_uri'] },
    features,
    // The library's own way refuses addresses of this machine.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    findAccount: findAccount(world),
    interactions: { policy: policy(), url: (ctx, { uid }) => `/logg-inn/${uid}` },
    jwks: { keys: world.keys },
    loadExistingGrant: (ctx) => grantAll(ctx, scopes),
    pairwiseIdentifier: pairwise,
    pkce: { required: () => true },
    renderError: (ctx, out) => errorPage(ctx, profile, out),
    responseTypes: ['code'],
    routes,
    scopes,
    subjectTypes: ['pairwise'],
    ttl,
  };
}

export function makeProvider(world) {
  const provider = new Provider(world.issuer, settings(world));
  // Both tell every client which session it is, also those that are told of its end by the front channel only.
  provider.Client.prototype.includeSid = () => true;
  return provider;
}
