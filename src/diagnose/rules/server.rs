//! Which authorization server, at which host: issuer, authorize and token have to be of one.

use super::*;
use crate::diagnose::address::ServerName;

const ONE_SERVER: &[Fix] = &[Fix::by(
    Who::GatewayTeam,
    "Gateway: take authorizationUrl and tokenUrl from one server and one host name, best from its metadata.",
)];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "server.mixed",
        headline: "The authorization URL and the token URL are of two different servers.",
        cause: "A code is good only at the server that issued it: Okta refuses it at the other.",
        fixes: ONE_SERVER,
        sources: &[
            "developer.okta.com: authorization servers",
            "developer.okta.com: error codes, mismatched_authorization_server",
        ],
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_request", "authorization server"),
            okta(TOKEN, "invalid_grant", "authorization server"),
        ],
        reasons: &["mismatched_authorization_server"],
        sees: Some(mixed),
        ..Rule::OKTA
    },
    Rule {
        name: "server.hosts-mixed",
        headline: "The authorization URL and the token URL are at two host names.",
        cause: "One is the org's own domain, the other a custom domain or another org: codes or the issuer do not fit then.",
        fixes: ONE_SERVER,
        sources: &["developer.okta.com: custom domains, issuer mode"],
        step: Some(Step::Token),
        sees: Some(hosts_mixed),
        ..Rule::OKTA
    },
    Rule {
        name: "server.admin-host",
        headline: "The URL is that of Okta's admin console.",
        cause: "The host with -admin serves the console; sign-in is at the org's own host.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: take \"-admin\" out of the host of authorizationUrl and tokenUrl.",
        )],
        sources: &["developer.okta.com: org URL"],
        rank: Rank::WillFail,
        sees: Some(admin_host),
        ..Rule::OKTA
    },
    Rule {
        name: "server.path",
        headline: "The URL is no endpoint of Okta's.",
        cause: "Okta's endpoints are /oauth2/v1/authorize and /oauth2/v1/token for the org server, /oauth2/{id}/v1/… for a custom one.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: correct the path of authorizationUrl and tokenUrl.")],
        sources: &["developer.okta.com: authorization servers"],
        rank: Rank::WillFail,
        sees: Some(wrong_path),
        ..Rule::OKTA
    },
    Rule {
        name: "server.not-found",
        headline: "There is no such authorization server.",
        cause: "The server's id in the URL is wrong, the server is inactive, or the org has no custom servers (API Access Management).",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: use the id of a server that exists, or the org server's URLs (/oauth2/v1/…).",
            ),
            Fix::plan(
                ChangeKind::Activate,
                "Okta: Security, API shows the authorization servers; activate the one that is meant.",
            ),
        ],
        sources: &["developer.okta.com: authorization servers", "developer.okta.com: error codes, E0000007"],
        refusals: &[
            okta(&[Endpoint::Authorize, Endpoint::Token, Endpoint::Metadata], "E0000007", ""),
            okta(&[Endpoint::Authorize, Endpoint::Token, Endpoint::Metadata], "E0000008", ""),
            okta(&[Endpoint::Authorize, Endpoint::Token], "", "resource not found"),
        ],
        adds: Some(which),
        sees: Some(not_found),
        needs: &[Ask::Server],
        ..Rule::OKTA
    },
    Rule {
        name: "server.issuer",
        headline: "The metadata names another issuer than the one it was asked for.",
        cause: "The issuer must be identical to the address that was asked: an edge that drops the Host header, a custom domain, or another server's metadata make it differ.",
        fixes: &[
            Fix::by(
                Who::OktaAdmin,
                "Okta: look at the server's issuer mode: org URL, custom URL, or dynamic.",
            ),
            Fix::by(
                Who::GatewayTeam,
                "Gateway: use one host, the issuer's own, in the authorization URL and in the token URL.",
            ),
            Fix::by(Who::Network, "Proxy: pass the Host header on."),
        ],
        sources: &["RFC 8414 §3.3", "OpenID Connect Discovery §4.3"],
        leg: None,
        sees: Some(issuer),
        ..Rule::OKTA
    },
];

fn of_okta(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence.hops.iter().filter(|hop| leg_of(hop) == Leg::GatewayToOkta)
}

/// Token requests with the authorization request before them.
fn pairs(evidence: &Evidence) -> Vec<(&Hop, &Hop)> {
    let mut before: Option<&Hop> = None;
    let mut out = Vec::new();
    for hop in of_okta(evidence) {
        match hop.endpoint {
            Endpoint::Authorize => before = Some(hop),
            Endpoint::Token => out.extend(before.map(|b| (b, hop))),
            _ => {}
        }
    }
    out
}

fn mixed(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for (before, hop) in pairs(evidence) {
        let (Some(a), Some(b)) = (&before.address, &hop.address) else { continue };
        let (Some(first), Some(second)) = (&a.server, &b.server) else { continue };
        if first != second && hop.text("grant_type") != "refresh_token" {
            let sight =
                Sight::at(hop, format!("authorize went to {}, token to {}.", first.words(), second.words()))
                    .expected(&first.words(), &second.words());
            found.push(sight.if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely)));
        }
    }
    found
}

fn hosts_mixed(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for (before, hop) in pairs(evidence) {
        let (Some(a), Some(b)) = (&before.address, &hop.address) else { continue };
        if a.host != b.host {
            let sight = Sight::at(hop, format!("authorize went to {}, token to {}.", a.host, b.host))
                .expected(a.host.as_str(), b.host.as_str());
            found.push(sight.if_refused(hop.failed(), (Rank::Practice, Confidence::Possible)));
        }
    }
    found
}

fn admin_host(evidence: &Evidence) -> Vec<Sight> {
    let is_admin = |hop: &&Hop| {
        matches!(hop.endpoint, Endpoint::Authorize | Endpoint::Token)
            && hop
                .address
                .as_ref()
                .is_some_and(|a| a.host.as_str().split('.').next().is_some_and(|org| org.ends_with("-admin")))
    };
    of_okta(evidence).filter(is_admin).map(|hop| Sight::at(hop, format!("It went to {}.", hop.url))).collect()
}

fn wrong_path(evidence: &Evidence) -> Vec<Sight> {
    let wrong = |hop: &&Hop| {
        let Some(address) = &hop.address else { return false };
        let path = address.path.as_str().trim_end_matches('/');
        match hop.endpoint {
            Endpoint::Authorize => {
                !path.ends_with("/v1/authorize") || !path.starts_with("/oauth2/") || path.contains("//")
            }
            Endpoint::Token => {
                !path.ends_with("/v1/token") || !path.starts_with("/oauth2/") || path.contains("//")
            }
            _ => false,
        }
    };
    of_okta(evidence)
        .filter(wrong)
        .map(|hop| {
            let path = hop.address.as_ref().map(|a| a.path.to_string()).unwrap_or_default();
            let end = if hop.endpoint == Endpoint::Token { "token" } else { "authorize" };
            let sight = Sight::at(hop, format!("Its path is {path}."))
                .expected(&format!("/oauth2/default/v1/{end}"), &path);
            let mut sight = sight.if_refused(hop.status == Some(404), (Rank::WillFail, Confidence::Likely));
            if hop.status == Some(404) {
                sight.rank = Some(Rank::Refused);
            }
            sight
        })
        .collect()
}

fn not_found(evidence: &Evidence) -> Vec<Sight> {
    let bare = |hop: &&Hop| {
        hop.status == Some(404)
            && hop.refusal.is_none()
            && matches!(hop.endpoint, Endpoint::Authorize | Endpoint::Token | Endpoint::Metadata)
            && hop.address.as_ref().is_some_and(|a| a.server.is_some())
    };
    of_okta(evidence)
        .filter(bare)
        .map(|hop| {
            let mut sight = Sight::at(hop, "Okta answered 404.");
            which(evidence, hop, &mut sight);
            sight
        })
        .collect()
}

fn which(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    if evidence.answers.iter().any(|(_, answer)| matches!(answer, Answer::Server { active: false, .. })) {
        sight.headline = Some("The authorization server is inactive.".into());
    }
    match hop.address.as_ref().and_then(|a| a.server.as_ref()) {
        Some(ServerName::Custom(id)) if id.as_str() == "default" => {
            sight.headline = Some("This org has no authorization server \"default\".".into());
            sight
                .more
                .push("default exists in free orgs and in orgs with API Access Management only.".into());
        }
        Some(ServerName::Custom(id)) => sight.more.push(format!("The URL names {id}.")),
        _ => {
            let says_default = hop.refusal.as_ref().is_some_and(|r| r.words.contains("default"));
            if says_default {
                sight.headline = Some("This org has no authorization server \"default\".".into());
            }
        }
    }
}

fn issuer(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for hop in evidence.at(Endpoint::Metadata) {
        let (Some(said), Some(address)) = (hop.received("issuer").map(|v| v.shown.as_str()), &hop.address)
        else {
            continue;
        };
        let asked = asked_issuers(address);
        if !asked.is_empty() && !asked.iter().any(|a| a == said) {
            let wanted = asked.first().cloned().unwrap_or_default();
            let mut sight = Sight::at(hop, format!("issuer is {said}.")).expected(&wanted, said);
            // A path of Okta's is leg 2, whatever the host: a custom domain shows by nothing else.
            if address.server.is_some() {
                sight.leg = Some(Leg::GatewayToOkta);
            }
            if path_of(said) == path_of(&wanted) {
                sight.more.push("The two differ by their host alone: one is the org's own URL, the other a custom domain.".into());
            }
            found.push(sight);
        }
    }
    found
}

/// What follows the host of an address.
fn path_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split_once('/').map(|(_, path)| path)
}

/// The issuers that a metadata URL may stand for: the suffix appended (OpenID Connect) or inserted (RFC 8414 §3.1).
fn asked_issuers(address: &crate::diagnose::Address) -> Vec<String> {
    let path = address.path.as_str();
    let base = format!("{}://{}", address.scheme, address.host);
    let mut out = Vec::new();
    for suffix in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        if let Some((before, after)) = path.split_once(suffix) {
            out.push(format!("{base}{before}{}", after.trim_end_matches('/')));
        }
    }
    out
}
