//! The cases, as a table: what is sent, what it would mean if it got through, and the clause that says it must not.

use super::{Facts, Outcome};
use crate::flow::ClientAuth;
use crate::flow::Spec;
use crate::flow::machine::reply::Reply;
use crate::flow::machine::request::{Outgoing, with_query};
use crate::flow::trace::Step;
use crate::flow::trace::lift::is_private_key_member;
use crate::secret::Secret;
use serde_json::Value;

/// How much a standard asks for the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// MUST.
    Must,
    /// SHOULD, or a recommendation that servers differ in.
    Should,
}

/// A mistake or an attack.
pub(super) struct Case {
    pub name: &'static str,
    /// After the method: `/authorize, redirect URI on another host`.
    pub title: &'static str,
    /// What it would mean.
    pub danger: &'static str,
    pub source: &'static str,
    pub step: Step,
    pub weight: Weight,
    /// The request, or why it does not apply here.
    pub request: fn(&Facts) -> Result<Outgoing, &'static str>,
    pub outcome: fn(&Facts, &Reply) -> Outcome,
}

const EXACT: &str = "RFC 9700 §2.1, §4.1.3; OIDC Core §3.1.2.1";
const STOLEN: &str = "Codes could be sent to somebody else.";

/// One case of a redirect URI that is not the client's.
macro_rules! redirect {
    ($name:literal, $title:literal, $make:expr) => {
        Case {
            name: $name,
            title: $title,
            danger: STOLEN,
            source: EXACT,
            step: Step::Authorize,
            weight: Weight::Must,
            request: |facts| {
                let make: fn(&str) -> Option<String> = $make;
                let uri = make(&facts.spec.redirect_uri).ok_or("The redirect URI has no such form.")?;
                Ok(facts.authorize(&[("redirect_uri", Some(&uri))]))
            },
            outcome: |facts, reply| {
                let make: fn(&str) -> Option<String> = $make;
                let uri = make(&facts.spec.redirect_uri).unwrap_or_default();
                facts.taken(&uri, reply)
            },
        }
    };
}

/// All cases, in the order in which they are sent. Hosts below `.invalid` are nobody's (RFC 2606 §2).
pub(super) const CASES: &[Case] = &[
    redirect!("redirect: another host", "/authorize, redirect URI on another host", |_| Some(
        "https://oktui.invalid/callback".into()
    )),
    redirect!("redirect: longer path", "/authorize, redirect URI with a path added", |uri| {
        let bare = uri.split(['?', '#']).next()?;
        Some(format!("{}/oktui", bare.trim_end_matches('/')))
    }),
    redirect!("redirect: path upwards", "/authorize, redirect URI with /../", |uri| {
        let bare = uri.split(['?', '#']).next()?;
        Some(format!("{}/../oktui", bare.trim_end_matches('/')))
    }),
    redirect!("redirect: query added", "/authorize, redirect URI with a query added", |uri| {
        Some(format!("{uri}{}oktui=1", if uri.contains('?') { '&' } else { '?' }))
    }),
    redirect!("redirect: fragment", "/authorize, redirect URI with a fragment", |uri| Some(format!(
        "{uri}#oktui"
    ))),
    redirect!("redirect: plain http", "/authorize, redirect URI over http", |uri| {
        uri.strip_prefix("https://").map(|rest| format!("http://{rest}"))
    }),
    redirect!("redirect: host as a prefix", "/authorize, redirect URI on a host that begins alike", |uri| {
        let (scheme, rest) = uri.split_once("://")?;
        let end = rest.find(['/', ':', '?', '#']).unwrap_or(rest.len());
        Some(format!("{scheme}://{}.oktui.invalid{}", rest.get(..end)?, rest.get(end..)?))
    }),
    redirect!("redirect: host as a user", "/authorize, redirect URI with the host as a user name", |uri| {
        let (scheme, rest) = uri.split_once("://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        Some(format!("{scheme}://{}@oktui.invalid{}", rest.get(..end)?, rest.get(end..)?))
    }),
    Case {
        name: "redirect: left out",
        title: "/authorize, no redirect URI",
        danger: "OpenID Connect demands it; a server that fills it in hides a client's mistake.",
        source: "OIDC Core §3.1.2.1",
        step: Step::Authorize,
        weight: Weight::Should,
        request: |facts| Ok(facts.authorize(&[("redirect_uri", None)])),
        // Also an answer to the client's own redirect URI means that it was filled in.
        outcome: |facts, reply| match reply
            .location()
            .is_some_and(|to| to.starts_with(&facts.spec.redirect_uri))
        {
            true => facts.taken(&facts.spec.redirect_uri, reply),
            false => facts.taken("", reply),
        },
    },
    Case {
        name: "client: unknown",
        title: "/authorize, an unknown client",
        danger: "Anybody could ask for people's consent under any name.",
        source: "RFC 6749 §4.1.2.1",
        step: Step::Authorize,
        weight: Weight::Must,
        request: |facts| Ok(facts.authorize(&[("client_id", Some("oktui-no-such-client"))])),
        outcome: |facts, reply| match reply
            .location()
            .is_some_and(|to| to.starts_with(&facts.spec.redirect_uri))
        {
            // An error may not go to the redirect URI of a client that there is not.
            true => Outcome::Accepted,
            false => facts.taken("", reply),
        },
    },
    Case {
        name: "response type: token",
        title: "/authorize, implicit grant",
        danger: "Access tokens would travel through browsers' address bars and histories.",
        source: "RFC 9700 §2.1.2",
        step: Step::Authorize,
        weight: Weight::Should,
        request: |facts| Ok(facts.authorize(&[("response_type", Some("token"))])),
        outcome: |facts, reply| facts.taken(&facts.spec.redirect_uri, reply),
    },
    Case {
        name: "response type: left out",
        title: "/authorize, no response type",
        danger: "What the client wants would be guessed.",
        source: "RFC 6749 §3.1.1",
        step: Step::Authorize,
        weight: Weight::Must,
        request: |facts| Ok(facts.authorize(&[("response_type", None)])),
        outcome: |facts, reply| facts.taken(&facts.spec.redirect_uri, reply),
    },
    Case {
        name: "PKCE: left out",
        title: "/authorize, no PKCE",
        danger: "A stolen code could be used by somebody else; with a secret that takes the secret as well. Okta: the app can demand PKCE.",
        source: "RFC 9700 §2.1.1",
        step: Step::Authorize,
        weight: Weight::Should,
        request: |facts| Ok(facts.authorize(&[("code_challenge", None), ("code_challenge_method", None)])),
        outcome: |facts, reply| facts.taken(&facts.spec.redirect_uri, reply),
    },
    Case {
        name: "PKCE: plain",
        title: "/authorize, PKCE by plain",
        danger: "Whoever sees the request knows the verifier.",
        source: "RFC 9700 §2.1.1; RFC 7636 §7.2",
        step: Step::Authorize,
        weight: Weight::Should,
        request: |facts| {
            let verifier = facts.verifier.expose();
            Ok(facts
                .authorize(&[("code_challenge", Some(verifier)), ("code_challenge_method", Some("plain"))]))
        },
        outcome: |facts, reply| facts.taken(&facts.spec.redirect_uri, reply),
    },
    Case {
        name: "scope: invented",
        title: "/authorize, a scope that there is not",
        danger: "A mistyped scope would be lost without a word. A server may ignore it (RFC 6749 §3.3).",
        source: "RFC 6749 §3.3, §4.1.2.1",
        step: Step::Authorize,
        weight: Weight::Should,
        request: |facts| Ok(facts.authorize(&[("scope", Some("openid oktui.no.such.scope"))])),
        outcome: |facts, reply| facts.taken(&facts.spec.redirect_uri, reply),
    },
    Case {
        name: "code: made up",
        title: "/token, a made-up code",
        danger: "Codes would not be looked at.",
        source: "RFC 6749 §5.2",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| with_secret(facts).map(|spec| exchange(facts, spec, spec.authentication)),
        outcome: |_, reply| token(reply),
    },
    Case {
        name: "secret: left out",
        title: "/token, no client authentication",
        danger: "Whoever has a code would need no secret.",
        source: "RFC 6749 §3.2.1",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| {
            with_secret(facts)?;
            Ok(exchange(facts, &facts.spec, ClientAuth::None))
        },
        // To judge the code instead of the client is to accept the client.
        outcome: |_, reply| client_refused(reply),
    },
    Case {
        name: "secret: wrong",
        title: "/token, a wrong secret",
        danger: "Whoever has a code would need no secret.",
        source: "RFC 6749 §5.2",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| {
            let spec = with_secret(facts)?;
            let wrong = Spec { client_secret: Some(Secret::new("oktui-is-not-the-secret")), ..spec.clone() };
            Ok(exchange(facts, &wrong, wrong.authentication))
        },
        outcome: |_, reply| client_refused(reply),
    },
    Case {
        name: "code: by GET",
        title: "/token, the code in the address",
        danger: "Codes and secrets would stand in the logs of every proxy.",
        source: "RFC 6749 §3.2",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| {
            let form = form(facts);
            let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let mut request =
                Outgoing::client_form(&facts.metadata.token, &[], with_secret(facts)?, ClientAuth::Basic);
            request.method = "GET";
            request.url = with_query(&facts.metadata.token, &pairs);
            request.body = Vec::new();
            Ok(request)
        },
        // An answer to the code is an answer to the request.
        outcome: |_, reply| match (reply.status, reply.refusal().code.as_str()) {
            (_, "invalid_grant") | (200, _) => Outcome::Accepted,
            (429 | 500.., _) => Outcome::Unclear,
            _ => Outcome::Refused,
        },
    },
    Case {
        name: "refresh token: made up",
        title: "/token, a made-up refresh token",
        danger: "Refresh tokens would not be looked at.",
        source: "RFC 6749 §5.2",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| {
            let pairs = [("grant_type", "refresh_token"), ("refresh_token", facts.code.expose())];
            let spec = with_secret(facts)?;
            Ok(Outgoing::client_form(&facts.metadata.token, &pairs, spec, spec.authentication))
        },
        outcome: |_, reply| token(reply),
    },
    Case {
        name: "grant: password",
        title: "/token, the password grant",
        danger: "The client would see people's passwords.",
        source: "RFC 9700 §2.4",
        step: Step::Token,
        weight: Weight::Must,
        request: |facts| {
            // Nobody's name and password: no attempt of a person's is spent.
            let pairs = [
                ("grant_type", "password"),
                ("username", "nobody@oktui.invalid"),
                ("password", "oktui-nobody"),
            ];
            let spec = with_secret(facts)?;
            Ok(Outgoing::client_form(&facts.metadata.token, &pairs, spec, spec.authentication))
        },
        outcome: |_, reply| match (reply.status, reply.refusal().code.as_str()) {
            // To judge the password is to offer the grant.
            (200, _) | (_, "invalid_grant") => Outcome::Accepted,
            (429 | 500.., _) => Outcome::Unclear,
            _ => Outcome::Refused,
        },
    },
    Case {
        name: "introspection: by anybody",
        title: "/introspect, no client authentication",
        danger: "Anybody could try out tokens.",
        source: "RFC 7662 §2.1",
        step: Step::Use,
        weight: Weight::Must,
        request: |facts| {
            let url = facts.metadata.introspection.as_deref().ok_or("The metadata name no such endpoint.")?;
            Ok(Outgoing::client_form(
                url,
                &[("token", facts.code.expose())],
                &nobody(facts),
                ClientAuth::None,
            ))
        },
        outcome: |_, reply| client_refused(reply),
    },
    Case {
        name: "userinfo: no token",
        title: "/userinfo, no token",
        danger: "Claims about people would be open.",
        source: "OIDC Core §5.3.3; RFC 6750 §3",
        step: Step::Use,
        weight: Weight::Must,
        request: |facts| {
            facts.metadata.userinfo.as_deref().map(Outgoing::get).ok_or("The metadata name no such endpoint.")
        },
        outcome: |_, reply| resource(reply),
    },
    Case {
        name: "userinfo: a made-up token",
        title: "/userinfo, a made-up token",
        danger: "Tokens would not be looked at.",
        source: "OIDC Core §5.3.3; RFC 6750 §3.1",
        step: Step::Use,
        weight: Weight::Must,
        request: |facts| {
            let url = facts.metadata.userinfo.as_deref().ok_or("The metadata name no such endpoint.")?;
            Ok(Outgoing::get(url).bearer(&facts.code))
        },
        outcome: |_, reply| resource(reply),
    },
    Case {
        name: "keys: private members",
        title: "keys, looked through for private ones",
        danger: "Whoever has the private key can write tokens.",
        source: "RFC 7517 §9.2",
        step: Step::Verify,
        weight: Weight::Must,
        request: |facts| {
            facts.metadata.keys.as_deref().map(Outgoing::get).ok_or("The metadata name no keys.")
        },
        outcome: |_, reply| {
            let Some(value) = reply.json() else { return Outcome::Unclear };
            let keys = value.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
            let private =
                |key: &Value| key.as_object().is_some_and(|key| key.keys().any(|m| is_private_key_member(m)));
            if keys.iter().any(private) { Outcome::Accepted } else { Outcome::Refused }
        },
    },
];

fn with_secret(facts: &Facts) -> Result<&Spec, &'static str> {
    match (facts.spec.authentication, &facts.spec.client_secret) {
        (ClientAuth::None, _) => Err("This client has no secret."),
        (_, None) => Err("The secret is not known here."),
        (_, Some(_)) => Ok(&facts.spec),
    }
}

fn nobody(facts: &Facts) -> Spec {
    Spec { client_id: String::new(), client_secret: None, ..facts.spec.clone() }
}

fn form(facts: &Facts) -> Vec<(&'static str, String)> {
    vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", facts.code.expose().to_owned()),
        ("redirect_uri", facts.spec.redirect_uri.clone()),
        ("code_verifier", facts.verifier.expose().to_owned()),
    ]
}

fn exchange(facts: &Facts, spec: &Spec, authentication: ClientAuth) -> Outgoing {
    let form = form(facts);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let spec = match authentication {
        ClientAuth::None => Spec { client_secret: None, ..spec.clone() },
        _ => spec.clone(),
    };
    Outgoing::client_form(&facts.metadata.token, &pairs, &spec, authentication)
}

/// Something made up was sent to the token endpoint: whatever is not a token is a refusal.
fn token(reply: &Reply) -> Outcome {
    match reply.status {
        200..=299 => Outcome::Accepted,
        429 | 500.. => Outcome::Unclear,
        _ => Outcome::Refused,
    }
}

/// A client that did not prove itself.
fn client_refused(reply: &Reply) -> Outcome {
    match (reply.status, reply.refusal().code.as_str()) {
        (200..=299, _) | (_, "invalid_grant") => Outcome::Accepted,
        (429 | 500.., _) => Outcome::Unclear,
        _ => Outcome::Refused,
    }
}

/// A resource without a good token.
fn resource(reply: &Reply) -> Outcome {
    match reply.status {
        200..=299 => Outcome::Accepted,
        429 | 500.. => Outcome::Unclear,
        _ => Outcome::Refused,
    }
}
