// The tester against a certified OpenID provider that others wrote: code + PKCE through its own pages, refresh with rotation,
// client credentials, introspection, revocation, and wrong secrets.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const oktui = process.env.OKTUI;
const secret = 'a secret with: blanks, +plus and %percent';
const callback = 'https://gateway.example/v1/outbound/oauth/callback';
const common = { grant_types: ['authorization_code', 'refresh_token', 'client_credentials'], redirect_uris: [callback], client_secret: secret };

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
  features: { clientCredentials: { enabled: true }, introspection: { enabled: true }, revocation: { enabled: true } },
  rotateRefreshToken: true,
});
server.on('request', provider.callback());

function run(args, { client = 'basic', input = `${secret}\npassword\n` } = {}) {
  const all = ['test', '--issuer', issuer, '--client-id', client, '--redirect-uri', callback, '--json', ...args];
  const child = spawn(oktui, all, { stdio: ['pipe', 'pipe', 'inherit'] });
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

const person = ['--as', 'ana', '--scopes', 'openid email offline_access'];
passed('code', await run(person), { 'GET /userinfo': 'pass', 'ID token: 10 of 11': 'pass', 'POST /token: refresh': 'pass' });
passed('post', await run([...person, '--client-auth', 'post'], { client: 'post' }));
passed('public', await run(['--as', 'ana', '--client-auth', 'none'], { client: 'public', input: 'password\n' }));
passed('whole life', await run([...person, '--kind', 'refresh']), {
  'POST /introspect: access token': 'pass',
  'POST /token: replaced refresh token again': 'pass',
  'POST /introspect: newer refresh token': 'pass',
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
