//! Scopes: which exist on the server, and how they are written (RFC 6749 §3.3).

use super::*;
use crate::diagnose::address::ServerName;

const GATEWAY_SCOPES: Fix = Fix::by(
    Who::GatewayTeam,
    "Gateway: give the scopes as its form asks, a JSON array: [\"email\", \"profile\", \"openid\"].",
);

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "scope.commas",
        headline: "The scopes are not separated by spaces.",
        cause: "Scopes are separated by spaces; Okta reads what stands between two spaces as one scope that it does not know.",
        fixes: &[GATEWAY_SCOPES],
        sources: &["RFC 6749 §3.3"],
        step: Some(Step::Authorize),
        sees: Some(commas),
        ..Rule::OKTA
    },
    Rule {
        name: "scope.custom-at-org",
        headline: "The org server takes no custom scopes.",
        cause: "Only a custom authorization server has scopes of its own.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: use the URLs of a custom authorization server, or leave the custom scopes out.",
        )],
        sources: &["developer.okta.com: authorization servers"],
        refusals: &[okta(ANY, "invalid_scope", "custom scopes")],
        ..Rule::OKTA
    },
    Rule {
        name: "scope.okta-api",
        headline: "A scope of Okta's own API was asked for.",
        cause: "Scopes that begin with okta. belong to the org server and to administration. Sign-in needs openid, email and profile, which the authorization server has without a grant: the tab Okta API Scopes has nothing to do with them.",
        fixes: &[GATEWAY_SCOPES],
        sources: &["developer.okta.com: OAuth 2.0 scopes"],
        step: Some(Step::Authorize),
        sees: Some(okta_api),
        ..Rule::OKTA
    },
    Rule {
        name: "scope.openid-missing",
        headline: "The scope openid is missing.",
        cause: "Without it there is no ID token and no userinfo, and the other scopes of OpenID Connect need it.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: add openid to the scopes.")],
        sources: &["OpenID Connect Core §3.1.2.1"],
        step: Some(Step::Authorize),
        refusals: &[okta(ANY, "invalid_scope", "openid")],
        reasons: &["openid_scope_required"],
        sees: Some(openid_missing),
        ..Rule::OKTA
    },
    Rule {
        name: "scope.none",
        headline: "No scope was asked for.",
        cause: "Okta wants at least one.",
        fixes: &[GATEWAY_SCOPES],
        sources: &["developer.okta.com: error codes, missing_scopes"],
        step: Some(Step::Authorize),
        refusals: &[okta(ANY, "invalid_scope", "no scopes")],
        reasons: &["missing_scopes"],
        ..Rule::OKTA
    },
    Rule {
        name: "scope.wider",
        headline: "A scope is wider than what was granted.",
        cause: "At the token endpoint nothing can be added to what was asked for at the authorization endpoint.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: ask for the scope at the authorization endpoint.")],
        sources: &["RFC 6749 §6"],
        step: Some(Step::Token),
        refusals: &[okta(TOKEN_ONLY, "invalid_scope", "refresh"), okta(ANY, "access_denied", "refresh")],
        reasons: &["refresh_scopes_denied"],
        ..Rule::OKTA
    },
    Rule {
        name: "scope.unknown",
        headline: "The authorization server does not know one of these scopes.",
        cause: "A scope is misspelt, is not separated by a space, or does not exist on this server. Scopes belong to the server, not to the app.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: compare the scopes with the server's, name by name."),
            Fix::plan(ChangeKind::AddScope, "Okta: add the scope to the authorization server."),
        ],
        sources: &["RFC 6749 §4.1.2.1", "support.okta.com: One or more scopes are not configured"],
        refusals: &[
            okta(ANY, "", "scopes are not configured for the authorization server"),
            okta(AUTHORIZE, "invalid_scope", ""),
            okta(TOKEN, "invalid_scope", ""),
        ],
        reasons: &["no_matching_scope"],
        adds: Some(which),
        needs: &[Ask::Server],
        ..Rule::OKTA
    },
];

const TOKEN_ONLY: &[Endpoint] = TOKEN;

/// Scopes that every server of Okta's has.
const STANDARD: [&str; 7] = ["openid", "profile", "email", "address", "phone", "offline_access", "groups"];

fn requests(evidence: &Evidence) -> impl Iterator<Item = (&Hop, &str)> {
    let authorize = evidence.at(Endpoint::Authorize).filter(|hop| leg_of(hop) != Leg::ClientToGateway);
    authorize.map(|hop| (hop, hop.text("scope")))
}

/// Whether the scopes are what a refusal of this hop, or of its callback, is about.
fn refused(evidence: &Evidence) -> bool {
    evidence.hops.iter().any(|hop| hop.refusal.as_ref().is_some_and(|r| r.code == "invalid_scope"))
}

fn commas(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|(_, scope)| scope.contains([',', ';', '[', '"']))
        .map(|(hop, scope)| {
            Sight::at(hop, format!("scope is \"{scope}\"."))
                .expected("openid email profile", scope)
                .if_refused(refused(evidence), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn okta_api(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|(hop, scope)| {
            let custom =
                hop.address.as_ref().is_some_and(|a| matches!(a.server, Some(ServerName::Custom(_))));
            custom && scope.split_whitespace().any(|s| s.starts_with("okta."))
        })
        .map(|(hop, scope)| {
            Sight::at(hop, format!("scope is \"{scope}\", at a custom authorization server."))
                .if_refused(refused(evidence), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn openid_missing(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|(hop, scope)| {
            hop.sent("client_id").is_some()
                && !scope.contains(',')
                && !scope.split_whitespace().any(|s| s == "openid")
        })
        .map(|(hop, scope)| {
            let saw = if scope.is_empty() {
                "The request has no scope.".to_owned()
            } else {
                format!("scope is \"{scope}\".")
            };
            let told = hop.refusal.is_none() && !scope.is_empty();
            Sight::at(hop, saw).if_refused(
                !told && refused(evidence),
                (if scope.is_empty() { Rank::WillFail } else { Rank::Practice }, Confidence::Certain),
            )
        })
        .collect()
}

fn which(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    let before = evidence.hops.iter().filter(|h| h.number <= hop.number).rev();
    let asked = before.map(|h| h.text("scope")).find(|scope| !scope.is_empty()).unwrap_or_default();
    let known = evidence.answers.iter().find_map(|(_, answer)| match answer {
        Answer::Server { scopes, .. } => Some(scopes),
        _ => None,
    });
    let missing: Vec<&str> = match known {
        Some(known) => asked.split_whitespace().filter(|s| !known.iter().any(|k| k.as_str() == *s)).collect(),
        None => asked.split_whitespace().filter(|s| !STANDARD.contains(s)).collect(),
    };
    if missing.is_empty() {
        return;
    }
    let list = missing.join(", ");
    sight.more.push(if known.is_some() {
        format!("This server does not have: {list}.")
    } else {
        format!("Of those asked for, not every server has: {list}.")
    });
}
