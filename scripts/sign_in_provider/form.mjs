// What a page of ours, or a test, posts.

const MOST_BYTES = 10_000;

export async function readBody(ctx) {
  const chunks = [];
  let size = 0;
  for await (const chunk of ctx.req) {
    size += chunk.length;
    if (size > MOST_BYTES) ctx.throw(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export const readForm = async (ctx) => Object.fromEntries(new URLSearchParams(await readBody(ctx)));
