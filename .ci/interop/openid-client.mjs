// openid-client, a certified relying party, signs in at the demo org: discovery, authorization code + PKCE, ID token, userinfo, refresh.
import * as oidc from 'openid-client';
import assert from 'node:assert/strict';

const org = JSON.parse(process.env.DEMO);
const api = async (method, path, body) => {
  const answer = await fetch(org.org_url + path, { method, body: body && JSON.stringify(body), redirect: 'manual',
    headers: { authorization: `SSWS ${org.api_token}`, 'content-type': 'application/json', accept: 'application/json' } });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok || await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
};
const app = await api('POST', '/api/v1/apps', { name: 'oidc_client', label: 'interop openid-client', signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic', pkce_required: true } },
  settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
    redirect_uris: [org.gateway_callback], refresh_token: { rotation_type: 'ROTATE', leeway: 0 } } } });
const group = (await api('GET', '/api/v1/groups?q=MCP-Users')).find((g) => g.profile.name === 'MCP-Users');
await api('PUT', `/api/v1/apps/${app.id}/groups/${group.id}`, {});
const server = org.authorization_servers.find((s) => !s.issuer.endsWith('/default') && s.issuer !== org.org_url);
const { client_id, client_secret } = app.credentials.oauthClient;

for (const issuer of [server.issuer, org.org_url]) {
  const config = await oidc.discovery(new URL(issuer), client_id, {}, oidc.ClientSecretBasic(client_secret), { execute: [oidc.allowInsecureRequests] });
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, { redirect_uri: org.gateway_callback, scope: 'openid profile email offline_access', state, nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' });
  const ana = org.users.find((u) => u.login.startsWith('ana@'));
  const signed = await fetch(`${org.org_url}/api/v1/authn`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ username: ana.login, password: ana.password }) }).then((r) => r.json());
  assert.equal(signed.status, 'SUCCESS');
  url.searchParams.set('sessionToken', signed.sessionToken);
  url.searchParams.set('prompt', 'none');
  const back = await fetch(url, { redirect: 'manual' });
  assert.equal(back.status, 302);
  const location = new URL(back.headers.get('location'));
  const tokens = await oidc.authorizationCodeGrant(config, location, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const info = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(info.preferred_username, ana.login);
  const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
  assert.ok(again.access_token && again.refresh_token !== tokens.refresh_token);
  const alive = await oidc.tokenIntrospection(config, again.access_token);
  assert.equal(alive.active, true);
  await oidc.tokenRevocation(config, again.refresh_token);
  assert.equal((await oidc.tokenIntrospection(config, again.refresh_token)).active, false);
  console.log(`  openid-client: signs in, refreshes, introspects and revokes at ${new URL(issuer).pathname}`);
}
