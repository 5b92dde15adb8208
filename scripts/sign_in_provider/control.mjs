// For tests only (--control): change people's roles, rotate keys, see how tokens were asked for.

import { readBody } from './form.mjs';

function usedMethod({ headers, oidc: { params } }) {
  if (headers.authorization) return 'client_secret_basic';
  if (params.client_assertion) return 'private_key_jwt';
  return params.client_secret ? 'client_secret_post' : 'none';
}

/** Note each token request, with nothing in it that is secret. */
export const noteTokenRequests = (provider, { tokenRequests }) => async (ctx, next) => {
  await next();
  if (ctx.path !== '/token' || !ctx.oidc?.params) return;
  tokenRequests.push({
    client_id: ctx.oidc.client?.clientId ?? null,
    client_auth: usedMethod(ctx),
    code_verifier: ctx.oidc.params.code_verifier !== undefined,
    status: ctx.status,
  });
};

const orders = {
  'GET token-requests': (world) => world.tokenRequests,
  'POST roles': (world, { person, roles }) => {
    const found = world.people.find(({ key }) => key === person);
    if (!found) throw new Error(`nobody here is called ${person}`);
    found.roles = roles;
    return { roles };
  },
  'POST keys': (world, { keep }) => world.rotateKeys({ keep }),
};

/** Answers the addresses below /control/. */
export const control = (world) => async (ctx, next) => {
  const order = orders[`${ctx.method} ${ctx.path.replace('/control/', '')}`];
  if (!ctx.path.startsWith('/control/') || !order) return next();
  ctx.body = order(world, JSON.parse((await readBody(ctx)) || '{}'));
};
