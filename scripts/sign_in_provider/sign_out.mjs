// The end of a session, which every client that was signed in to hears of: by its front channel, in hidden frames as
// ID-porten does it (the library has no such part), and by its back channel.

import { signOutPage, signedOutPage } from './pages.mjs';

const SIGN_OUT = '/logg-ut';

function frontChannel(provider, client, sid) {
  const address = new URL(client.frontchannel_logout_uri);
  address.searchParams.set('iss', provider.issuer);
  address.searchParams.set('sid', sid);
  return address.href;
}

async function tellByBackChannel(client, session, sid) {
  try {
    await client.backchannelLogout(session.accountId, sid);
  } catch (error) {
    console.error(`${client.clientId} was not told of the sign-out: ${error.message}`);
  }
}

/** Tell one client; the addresses that its frames are to show. */
async function tell(provider, session, [clientId, { sid }]) {
  const client = await provider.Client.find(clientId);
  if (!client || !sid) return [];
  if (client.backchannelLogoutUri) await tellByBackChannel(client, session, sid);
  return client.frontchannel_logout_uri ? [frontChannel(provider, client, sid)] : [];
}

async function forget(ctx, provider, session) {
  for (const { grantId } of Object.values(session.authorizations ?? {})) {
    if (grantId) await provider.AccessToken.revokeByGrantId(grantId);
  }
  await session.destroy();
  ctx.cookies.set(provider.cookieName('session'), null, { overwrite: true });
}

/** End the browser's session, and tell by the back channel; the addresses that the frames are to show. */
export async function endSession(ctx, provider) {
  const session = await provider.Session.get(ctx);
  const told = await Promise.all(Object.entries(session.authorizations ?? {}).map((one) => tell(provider, session, one)));
  await forget(ctx, provider, session);
  return told.flat();
}

/** Where the client wants its user next, with its state. */
function wayBack({ post_logout_redirect_uri: address, state }) {
  if (!address) return undefined;
  const back = new URL(address);
  if (state !== undefined) back.searchParams.set('state', state);
  return back.href;
}

async function signOutFor(ctx, provider, profile) {
  const next = wayBack(ctx.oidc.params);
  const frames = await endSession(ctx, provider);
  if (next && !frames.length) ctx.redirect(next);
  else signedOutPage(ctx, { profile, frames, next });
}

/** A client sent its user here: without a question when it shows by id_token_hint whom it means. */
async function atClientsWish(ctx, next, provider, profile) {
  await next();
  if (ctx.status !== 200) return;
  if (ctx.oidc.entities.IdTokenHint) await signOutFor(ctx, provider, profile);
  else ctx.redirect(SIGN_OUT);
}

async function atOwnWish(ctx, provider, { profile, people }) {
  if (ctx.method === 'POST') return signedOutPage(ctx, { profile, frames: await endSession(ctx, provider) });
  const { accountId } = await provider.Session.get(ctx);
  return signOutPage(ctx, { profile, person: accountId && profile.find(people, accountId) });
}

/** Answers /logg-ut, and completes the library's answer to a client's wish. */
export const signOut = (provider, world) => async (ctx, next) => {
  if (ctx.path === SIGN_OUT) return atOwnWish(ctx, provider, world);
  return ctx.path === '/logout' ? atClientsWish(ctx, next, provider, world.profile) : next();
};
