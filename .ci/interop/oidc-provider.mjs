// The tester against a certified OpenID provider that others wrote: code + PKCE through its own pages, refresh with rotation,
// client credentials, a device approved on its own pages, introspection, revocation, and wrong secrets.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const oktui = process.env.OKTUI;
const secret = 'a secret with: blanks, +plus and %percent';
const callback = 'https://gateway.example/v1/outbound/oauth/callback';
const common = { grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'], redirect_uris: [callback], client_secret: secret };

const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [
    { ...common, client_id: 'basic' },
    { ...common, client_id: 'post', token_endpoint_auth_method: 'client_secret_post' },
    { client_id: 'public', token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], redirect_uris: [callback] },
  ],
  scopes: ['openid', 'offline_access', 'email', 'mcp'],
  claims: { email: ['email'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.com` }) }),
  features: { clientCredentials: { enabled: true }, deviceFlow: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true } },
  rotateRefreshToken: true,
});
server.on('request', provider.callback());

function run(args, { client = 'basic', input = `${secret}\npassword\n`, said } = {}) {
  const all = ['test', '--issuer', issuer, '--client-id', client, '--redirect-uri', callback, '--json', ...args];
  const child = spawn(oktui, all, { stdio: ['pipe', 'pipe', said ? 'pipe' : 'inherit'] });
  let talk = '';
  child.stderr?.on('data', (data) => {
    const before = talk;
    talk += data;
    const url = (text) => text.match(/^http\S+$/m)?.[0];
    if (talk.endsWith('\n') && url(talk) && !url(before)) said(url(talk));
  });
  child.stdin.end(input);
  let out = '';
  child.stdout.on('data', (data) => { out += data; });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...JSON.parse(out || '{}') })));
}
const title = (hop) => hop.title.map((piece) => piece.plain ?? '').join('');
const table = (ended) => (ended.hops ?? []).map((h) => `${h.verdict} ${title(h)} ${h.exchange?.status} ${h.why.join(' ')}`).join('\n');
function passed(what, ended, verdicts = {}) {
  assert.equal(ended.code, 0, `${what}: ${ended.headline}\n${table(ended)}`);
  for (const [begins, verdict] of Object.entries(verdicts)) {
    const hop = ended.hops.find((h) => title(h).startsWith(begins));
    assert.equal(hop?.verdict, verdict, `${what}: ${begins}\n${table(ended)}`);
  }
}

// A person in any browser, by the provider's own pages: each form is sent as it stands, the login filled in.
async function approve(address) {
  const cookies = new Map();
  const go = async (url, body) => {
    for (;;) {
      const headers = { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };
      const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, headers, redirect: 'manual' });
      for (const cookie of answer.headers.getSetCookie()) {
        const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
        value ? cookies.set(name, value) : cookies.delete(name);
      }
      if (!answer.headers.has('location')) return { url, page: await answer.text() };
      [url, body] = [new URL(answer.headers.get('location'), url).href, undefined];
    }
  };
  let at = await go(address);
  for (let pages = 0; pages < 8; pages += 1) {
    const form = at.page.match(/<form[^>]*action="([^"]*)"[\s\S]*?<\/form>/);
    if (!form) return;
    const body = new URLSearchParams();
    for (const [input] of form[0].matchAll(/<input[^>]*>/g)) {
      const of = (name) => input.match(new RegExp(`${name}="([^"]*)"`))?.[1];
      if (of('name')) body.set(of('name'), { login: 'ana', password: 'password' }[of('name')] ?? of('value') ?? '');
    }
    at = await go(new URL(form[1], at.url).href, body);
  }
  throw new Error(`no end of forms: ${at.page}`);
}

const person = ['--as', 'ana', '--scopes', 'openid email offline_access'];
passed('code', await run(person), { 'GET /userinfo': 'pass', 'ID token: 10 of 11': 'pass', 'POST /token: refresh': 'pass' });
passed('post', await run([...person, '--client-auth', 'post'], { client: 'post' }));
passed('public', await run(['--as', 'ana', '--client-auth', 'none'], { client: 'public', input: 'password\n' }));
passed('whole life', await run([...person, '--kind', 'refresh']), {
  'POST /introspect: access token': 'pass',
  'POST /token: replaced refresh token again': 'pass',
  'POST /introspect: newer refresh token': 'pass',
});
passed('device', await run(['--kind', 'device', '--scopes', 'openid email offline_access'], { input: `${secret}\n`, said: approve }), {
  'POST device authorization': 'pass',
  'GET /userinfo': 'pass',
});
passed('client credentials', await run(['--kind', 'client-credentials', '--scopes', 'mcp']), {
  'POST /introspect: access token': 'pass',
  'POST /introspect: revoked access token': 'pass',
});
passed('secret', await run(['--kind', 'secret']), { 'POST /token, made-up code, client_secret_basic, not': 'pass' });
const wrong = await run(['--kind', 'secret'], { input: 'wrong\n' });
assert.equal(wrong.code, 1);
assert.match(wrong.headline, /^secret: /);
// This provider takes both methods from either client.
passed('method', await run(['--kind', 'secret', '--client-auth', 'post'], { client: 'post' }));
passed('probe', await run(['--kind', 'probe']), { 'POST /token, made-up code': 'pass' });
passed('battery', await run(['--kind', 'battery']), { 'GET /authorize, redirect URI on another host': 'pass' });
const stranger = await run(person, { client: 'nobody' });
assert.deepEqual([stranger.code, stranger.verdict, stranger.step], [1, 'failed', 'authorize']);
server.close();
console.log('oidc-provider: all ran through');
