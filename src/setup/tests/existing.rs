use super::*;
use crate::okta::model::{App, AppGroup, AppUser, Assigned};
use crate::uri::Callback;
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn an_existing_app_is_read_as_a_setup() {
    let app: App = serde_json::from_value(json!({
        "id": "0oa1", "label": "Gateway ", "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "client_secret_post", "pkce_required": true}},
        "settings": {"oauthClient": {"application_type": "web", "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": ["https://a.x/cb", GATEWAY_CALLBACK, "https://b.x/cb", "https://stg.x/cb"],
            "post_logout_redirect_uris": ["https://a.x/bye"], "refresh_token": {"rotation_type": "ROTATE", "leeway": 30}}}
    })).unwrap();
    let group = |id: &str, name: &str| AppGroup {
        id: id.parse().unwrap(),
        name: Some(name.into()),
        priority: None,
        profile: Default::default(),
    };
    let person = |id: &str, via, name: &str| AppUser {
        id: id.parse().unwrap(),
        via,
        status: "ACTIVE".into(),
        user_name: Some(name.into()),
        profile: Default::default(),
    };
    let everyone = "00g9".parse().unwrap();
    let groups = [group("00g1", "MCP-Users"), group("00g9", "Everyone")];
    let people = [
        person("00u1", Assigned::Directly, "ana"),
        person("00u2", Assigned::ThroughGroup, "ben"),
        person("00u3", Assigned::Directly, "eva"),
    ];
    let logins = BTreeMap::from([("00u1".parse().unwrap(), "ana@x".to_owned())]);
    let assigned =
        Assignments { groups: &groups, people: &people, logins: &logins, everyone: Some(&everyone) };
    let callbacks = [Callback { environment: "staging".into(), uri: "https://stg.x/cb".into() }];
    let server =
        AuthorizationServer { id: "aus1".into(), scopes: vec!["openid".into()], access_policy: false };
    let setup = from_app(&app, assigned, server.clone(), &callbacks);
    assert_eq!(setup.app.name, "Gateway ", "byte for byte: the check offers to trim it");
    assert_eq!(
        setup.grants,
        Grants {
            refresh_token: true,
            refresh_rotation: crate::okta::model::RefreshRotation::Rotate,
            refresh_leeway_seconds: 30
        }
    );
    let environments: Vec<&str> = setup.redirect_uris.iter().map(|r| r.environment.as_str()).collect();
    assert_eq!(environments, ["other", "prod", "other-2", "staging"]);
    assert_eq!(setup.redirect_uris.iter().map(|r| r.uri.clone()).collect::<Vec<_>>(), app.redirect_uris());
    assert_eq!(setup.sign_out.uris, ["https://a.x/bye"]);
    assert_eq!(
        setup.access,
        Access {
            mode: AccessMode::Everyone,
            people: vec!["ana@x".into(), "eva".into()],
            groups: vec!["MCP-Users".into()]
        }
    );
    assert_eq!(setup.authorization_server, server);
    assert!(setup.app.pkce_required);
    assert_eq!(parse(&to_commented_toml(&setup)), Ok(setup));
}
