// Okta's own Node SDK against the demo org: it was written by others from the same description, so what it cannot read is our mistake.
import okta from '@okta/okta-sdk-nodejs';
import assert from 'node:assert/strict';

const org = JSON.parse(process.env.DEMO);
const client = new okta.Client({ orgUrl: org.org_url, token: org.api_token, testing: { disableHttpsCheck: true } });
const collect = async (collection) => { const all = []; await (await collection).each((item) => { all.push(item); }); return all; };
const step = async (name, work) => { const value = await work(); console.log(`  node sdk: ${name}`); return value; };

const users = await step('lists every person, page by page', () => collect(client.userApi.listUsers({ limit: 25 })));
assert.ok(users.length >= 50, `only ${users.length} people`);
const groups = await step('lists groups', () => collect(client.groupApi.listGroups({ limit: 5 })));
assert.ok(groups.some((g) => g.profile.name === 'MCP-Users'));
const app = await step('creates an OIDC web app', () => client.applicationApi.createApplication({ application: {
  name: 'oidc_client', label: 'interop node', signOnMode: 'OPENID_CONNECT',
  credentials: { oauthClient: { token_endpoint_auth_method: 'client_secret_basic', pkce_required: false, autoKeyRotation: true } },
  settings: { oauthClient: { application_type: 'web', grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
    redirect_uris: [org.gateway_callback], consent_method: 'TRUSTED', refresh_token: { rotation_type: 'STATIC', leeway: 0 } } },
} }));
assert.ok(app.id.startsWith('0oa') && app.credentials.oauthClient.client_secret);
const read = await step('reads it without its secret', () => client.applicationApi.getApplication({ appId: app.id }));
assert.equal(read.credentials.oauthClient.client_secret, undefined);
const secrets = await step('lists its secrets', () => collect(client.applicationSSOPublicKeysApi.listOAuth2ClientSecrets({ appId: app.id })));
assert.equal(secrets.length, 1);
const group = groups.find((g) => g.profile.name === 'MCP-Users');
await step('assigns a group', () => client.applicationApi.assignGroupToApplication({ appId: app.id, groupId: group.id }));
const assigned = await step('lists assigned groups', () => collect(client.applicationApi.listApplicationGroupAssignments({ appId: app.id })));
assert.deepEqual(assigned.map((g) => g.id), [group.id]);
const person = users.find((u) => u.profile.login.startsWith('ben@'));
await step('assigns a person', () => client.applicationApi.assignUserToApplication({ appId: app.id, appUser: { id: person.id, scope: 'USER' } }));
const people = await step('lists assigned people', () => collect(client.applicationApi.listApplicationUsers({ appId: app.id })));
assert.ok(people.some((p) => p.id === person.id && p.scope === 'USER'));
const servers = await step('lists authorization servers', () => collect(client.authorizationServerApi.listAuthorizationServers({})));
assert.ok(servers.length >= 2);
const policies = await step('lists access policies', () => collect(client.authorizationServerApi.listAuthorizationServerPolicies({ authServerId: servers[0].id })));
assert.ok(policies.length >= 1);
await step('replaces the app', () => client.applicationApi.replaceApplication({ appId: app.id, application: { ...read, label: 'interop node 2' } }));
await step('refuses to delete it while active', () => assert.rejects(client.applicationApi.deleteApplication({ appId: app.id }), (e) => e.status === 403));
await step('deactivates it', () => client.applicationApi.deactivateApplication({ appId: app.id }));
await step('deletes it', () => client.applicationApi.deleteApplication({ appId: app.id }));
await step('reads an error', () => assert.rejects(client.applicationApi.getApplication({ appId: app.id }), (e) => e.status === 404 && e.errorCode === 'E0000007'));
