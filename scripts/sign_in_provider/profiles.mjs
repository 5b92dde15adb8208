// What sets the two providers apart: who signs in, what is told of them, and how clients show who they are.

import { randomUUID } from 'node:crypto';

import { isSynthetic } from './numbers.mjs';
import { employees, residents } from './people.mjs';

/** Lowest first, with what the login page calls it and how one then signs in. */
export const LEVELS = [
  { acr: 'idporten-loa-substantial', label: 'Betydelig', amr: ['Minid-PIN'] },
  { acr: 'idporten-loa-high', label: 'Høyt', amr: ['BankID'] },
];

const idporten = {
  title: 'ID-porten (demo)',
  service: 'ID-porten',
  people: residents,
  levels: LEVELS,
  find: (people, id) => people.find((person) => person.id === id) ?? (isSynthetic(id) ? { id, name: id } : undefined),
  clientAuth: ['private_key_jwt', 'client_secret_basic'],
  scopes: { openid: ['sub', 'sid', 'pid', 'acr', 'amr', 'locale', 'auth_time', 'jti'], profile: [] },
  locales: ['nb', 'nn', 'en', 'se'],
  claims: (person, locale) => ({ pid: person.id, locale, jti: randomUUID() }),
};

const entra = {
  title: 'Kommunens katalog (demo)',
  service: 'kommunens katalog',
  people: employees,
  levels: [],
  find: (people, id) => people.find((person) => person.id === id),
  clientAuth: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  scopes: {
    openid: ['sub', 'sid', 'tid', 'oid', 'roles'],
    profile: ['name', 'preferred_username'],
    email: ['email'],
  },
  locales: undefined,
  claims: ({ tenant, id, name, email, roles }) => ({
    tid: tenant,
    oid: id,
    name,
    email,
    preferred_username: email,
    // The directory leaves the claim out for those who have no role.
    ...(roles.length ? { roles } : {}),
  }),
};

export const PROFILES = { idporten, entra };
