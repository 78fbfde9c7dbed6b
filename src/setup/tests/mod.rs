//! Setups for the tests: a good one, and any at all.

mod checks;
mod document;
mod existing;

use super::*;
use proptest::prelude::*;

fn good() -> Setup {
    let mut setup = Setup::default();
    setup.access.groups.push("MCP-Users".into());
    setup.authorization_server.scopes.push("offline_access".into());
    setup
}

fn context() -> Context {
    Context::with_gateway_callback()
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(hostile_text(), 0..4)
}

fn hostile_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x7f]{0,20}",
        prop::sample::select(vec![
            "\"\"\"",
            "'''",
            "\\",
            "\\u0000",
            "a\nb",
            "]\n[app]\nname=\"x\"",
            "# no",
            "\u{202e}",
            "\u{e0001}",
            "😀",
            "openid",
            "okta.users.read",
            GATEWAY_CALLBACK
        ])
        .prop_map(str::to_owned),
    ]
}

fn any_setup() -> impl Strategy<Value = Setup> {
    use crate::okta::model::{ClientAuthentication as C, RefreshRotation as R};
    let app = (
        hostile_text(),
        prop::option::of(hostile_text()),
        prop::sample::select(vec![
            C::ClientSecretBasic,
            C::ClientSecretPost,
            C::ClientSecretJwt,
            C::PrivateKeyJwt,
            C::None,
        ]),
        any::<bool>(),
    )
        .prop_map(|(name, logo, client_authentication, pkce_required)| AppSection {
            name,
            logo,
            client_authentication,
            pkce_required,
        });
    let grants = (any::<bool>(), prop::sample::select(vec![R::Static, R::Rotate]), any::<u32>()).prop_map(
        |(refresh_token, refresh_rotation, refresh_leeway_seconds)| Grants {
            refresh_token,
            refresh_rotation,
            refresh_leeway_seconds,
        },
    );
    let uris = prop::collection::vec(
        (hostile_text(), hostile_text()).prop_map(|(environment, uri)| RedirectUri { environment, uri }),
        0..4,
    );
    let access = (
        prop::sample::select(vec![AccessMode::Controlled, AccessMode::Everyone, AccessMode::Later]),
        texts(),
        texts(),
    )
        .prop_map(|(mode, people, groups)| Access { mode, people, groups });
    let server = (hostile_text(), texts(), any::<bool>())
        .prop_map(|(id, scopes, access_policy)| AuthorizationServer { id, scopes, access_policy });
    let mcp = prop::collection::vec(
        (hostile_text(), hostile_text()).prop_map(|(name, url)| McpServer { name, url }),
        0..3,
    );
    (app, grants, uris, texts(), access, server, mcp).prop_map(
        |(app, grants, redirect_uris, sign_out, access, authorization_server, mcp_servers)| Setup {
            version: 1,
            app,
            grants,
            redirect_uris,
            sign_out: SignOut { uris: sign_out },
            access,
            authorization_server,
            mcp_servers,
        },
    )
}
