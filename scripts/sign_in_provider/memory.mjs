// Where the library keeps sessions, codes and grants: in memory, for as long as the program runs.

// What a grant's end takes with it. A sign-in under way names its grant too, and goes on.
const TOKENS = ['AccessToken', 'AuthorizationCode', 'RefreshToken'];

/** Makes what the library asks for: an adapter for each of its models, on one map. */
export function memory() {
  const stored = new Map();
  return (model) => ({
    upsert: async (id, payload) => void stored.set(`${model}:${id}`, payload),
    find: async (id) => stored.get(`${model}:${id}`),
    findByUid: async (uid) => [...stored.values()].find((payload) => payload.kind === model && payload.uid === uid),
    consume: async (id) => {
      stored.get(`${model}:${id}`).consumed = Math.floor(Date.now() / 1000);
    },
    destroy: async (id) => void stored.delete(`${model}:${id}`),
    revokeByGrantId: async (grantId) => {
      for (const [key, { kind, grantId: own }] of stored) {
        if (own === grantId && TOKENS.includes(kind)) stored.delete(key);
      }
    },
  });
}
