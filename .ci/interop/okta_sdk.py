"""Okta's own Python SDK against the demo org."""
import asyncio, json, os
from okta.client import Client

org = json.loads(os.environ["DEMO"])


def ok(name, answer):
    value, response, error = (*answer, None, None, None)[:3] if isinstance(answer, tuple) else (answer, None, None)
    assert error is None, f"{name}: {error}"
    print(f"  python sdk: {name}")
    return value


async def main():
    # The SDK takes this switch from the environment only.
    os.environ["OKTA_TESTING_TESTINGDISABLEHTTPSCHECK"] = "true"
    client = Client({"orgUrl": org["org_url"], "token": org["api_token"]})
    users = ok("lists people", await client.list_users(limit=100))
    assert any(u.profile.login.startswith("ana@") for u in users)
    groups = ok("lists groups", await client.list_groups())
    assert any(g.profile.actual_instance.name == "MCP-Users" if hasattr(g.profile, "actual_instance") else g.profile.name == "MCP-Users" for g in groups)
    apps = ok("lists apps", await client.list_applications())
    assert apps
    app = ok("reads an app", await client.get_application(apps[0].id))
    ok("lists the app's people", await client.list_application_users(app.id))
    ok("lists the app's groups", await client.list_application_group_assignments(app.id))
    servers = ok("lists authorization servers", await client.list_authorization_servers())
    for server in servers:
        for policy in ok("lists access policies", await client.list_authorization_server_policies(server.id)):
            ok("lists their rules", await client.list_authorization_server_policy_rules(server.id, policy.id))


asyncio.run(main())
