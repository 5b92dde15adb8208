// The login page, and what comes of it.

import { errors } from 'oidc-provider';

import { readForm } from './form.mjs';
import { errorPage, loginPage, signedOutPage } from './pages.mjs';
import { askedLevel } from './provider.mjs';
import { endSession } from './sign_out.mjs';

const REFUSED = {
  '': 'Skriv et nummer, eller velg en av personene over.',
  wrong: 'Nummeret må ha 11 sifre og være syntetisk: 80 eller 40 lagt til måneden, og riktige kontrollsifre.',
};

function show(ctx, world, { params }, { error, number } = {}) {
  const { profile, people } = world;
  loginPage(ctx, { profile, people, error, number, level: Math.max(0, askedLevel(params)) });
}

/** Where the browser goes on with the result. */
const resultOf = (ctx, provider, result) =>
  provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });

function goOn(ctx, address) {
  ctx.redirect(address);
  ctx.status = 303;
}

/** Whoever else was signed in in this browser is signed out; the addresses that tell the services so. */
async function makeRoom(ctx, provider, interaction, person) {
  const former = interaction.session?.accountId;
  if (!former || former === person.id) return [];
  // Else the library would look for the session that it began in.
  delete interaction.session.uid;
  await interaction.persist();
  return endSession(ctx, provider);
}

const signedIn = (person, level) => ({ login: { accountId: person.id, acr: level?.acr, amr: level?.amr } });
const cancelled = { error: 'access_denied', error_description: 'the person cancelled' };

async function answer(ctx, provider, world, interaction) {
  const { person: chosen, number = '', level, cancel } = await readForm(ctx);
  if (cancel) return goOn(ctx, await resultOf(ctx, provider, cancelled));
  const written = number.replace(/\s/g, '');
  const person = world.profile.find(world.people, chosen ?? written);
  if (!person) return show(ctx, world, interaction, { error: REFUSED[written && 'wrong'], number });
  const frames = await makeRoom(ctx, provider, interaction, person);
  const next = await resultOf(ctx, provider, signedIn(person, world.profile.levels[Number(level)]));
  return frames.length ? signedOutPage(ctx, { profile: world.profile, frames, next }) : goOn(ctx, next);
}

/** What the library knows of the sign-in under way; nothing when it is over, or another browser's. */
async function underWay(ctx, provider) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
    return undefined;
  }
}

function over(ctx, profile) {
  ctx.status = 400;
  errorPage(ctx, profile, { error: 'expired', error_description: 'innloggingen er avsluttet' });
}

/** Answers the addresses below /logg-inn/, and leaves the others be. */
export const signIn = (provider, world) => async (ctx, next) => {
  if (!ctx.path.startsWith('/logg-inn/')) return next();
  const interaction = await underWay(ctx, provider);
  if (!interaction) return over(ctx, world.profile);
  return ctx.method === 'POST' ? answer(ctx, provider, world, interaction) : show(ctx, world, interaction);
};
