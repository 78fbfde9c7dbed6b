//! Redirect URIs: Okta compares them character by character (RFC 6749 §3.1.2.3, RFC 3986 §6.2.1).

use super::*;
use crate::diagnose::redirect::{Against, compared, nearest};
use crate::uri::{LintContext, Severity, compare, edits, lint};

const SOURCES: &[&str] = &["RFC 6749 §3.1.2.3", "RFC 3986 §6.2.1", "support.okta.com: redirect_uri 400"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "redirect.sign-out",
        headline: "Okta does not know this sign-out redirect URI.",
        cause: "Okta keeps two lists: sign-in and sign-out redirect URIs. The one sent at sign-out must stand in the second, character by character.",
        fixes: &[Fix::plan(ChangeKind::AddRedirectUri, "Okta: add it to Sign-out redirect URIs of the app.")],
        sources: &["OpenID Connect RP-Initiated Logout 1.0 §2"],
        refusals: &[okta(ANY, "", "post_logout_redirect_uri")],
        ..Rule::OKTA
    },
    Rule {
        name: "redirect.not-registered",
        headline: "Okta does not know this redirect URI for this client.",
        cause: "It is not among the app's sign-in redirect URIs: it differs from one by a character, stands only in the sign-out list, or the client ID is another app's. Okta showed its own page and sent nothing to the gateway.",
        fixes: &[
            Fix::plan(
                ChangeKind::AddRedirectUri,
                "Okta: add the exact redirect URI to Sign-in redirect URIs of the app.",
            ),
            Fix::by(
                Who::GatewayTeam,
                "Gateway: compare redirectUri with the app's list, character by character.",
            ),
        ],
        sources: SOURCES,
        step: Some(Step::Authorize),
        refusals: &[
            okta(AUTHORIZE, "", "must be a login redirect uri"),
            Pattern { whose: Whose::Okta, ..okta(AUTHORIZE, "invalid_request", "redirect_uri") },
            okta(AUTHORIZE, "invalid_redirect_uri", ""),
        ],
        reasons: &["illegal_redirect_uri", "illegal_redirect_uri_enhanced"],
        adds: Some(beside),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "redirect.differs-at-token",
        headline: "The token request sends another redirect URI than the authorization request.",
        cause: "Both requests must send the same characters; Okta answers invalid_grant otherwise.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: send the same redirect URI at both steps.")],
        sources: &["RFC 6749 §4.1.3"],
        step: Some(Step::Token),
        refusals: &[okta(TOKEN, "invalid_grant", "redirect")],
        reasons: &["mismatched_redirect_uri"],
        sees: Some(differs_at_token),
        ..Rule::OKTA
    },
    Rule {
        name: "redirect.near-miss",
        headline: "The redirect URI is not the gateway's callback: it differs by a little.",
        cause: "Okta sends people to exactly this address, if it is registered; the gateway waits at another.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: set redirectUri to its callback, character by character."),
            Fix::plan(ChangeKind::AddRedirectUri, "Okta: register the gateway's callback as it is."),
        ],
        sources: SOURCES,
        step: Some(Step::Authorize),
        rank: Rank::WillFail,
        confidence: Confidence::Likely,
        sees: Some(near_miss),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "redirect.not-usable",
        headline: "The redirect URI cannot be registered as it stands.",
        cause: "",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: set redirectUri to its callback, character by character.",
        )],
        sources: &["RFC 6749 §3.1.2", "RFC 3986 §2"],
        step: Some(Step::Authorize),
        rank: Rank::WillFail,
        confidence: Confidence::Likely,
        sees: Some(not_usable),
        ..Rule::OKTA
    },
];

/// What is known of the right value: the app's own lists where the org answered, else the gateway's callbacks.
pub(super) fn against_known(requested: &str, evidence: &Evidence) -> Vec<Comparison> {
    let facts = app(evidence);
    let registered = facts
        .into_iter()
        .flat_map(|app| app.redirect_uris.iter().map(|uri| (Against::Registered, uri.as_str())));
    let sign_out = facts
        .into_iter()
        .flat_map(|app| app.sign_out_uris.iter().map(|uri| (Against::SignOut, uri.as_str())));
    let told = evidence.callbacks.iter().map(|callback| (Against::Gateway, callback.uri.as_str()));
    nearest(requested, registered.chain(sign_out).chain(told))
}

/// The redirect URI that was asked for last, before a refusal or with it.
fn requested<'a>(evidence: &'a Evidence, hop: &'a Hop) -> Option<&'a str> {
    let before = evidence.hops.iter().filter(|other| other.number <= hop.number.max(1)).rev();
    hop.redirect_uri.as_deref().or_else(|| before.filter_map(|other| other.redirect_uri.as_deref()).next())
}

fn beside(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    let Some(uri) = requested(evidence, hop) else {
        sight.more.push("Open or paste the authorize URL too, and the two are compared.".into());
        return;
    };
    sight.compared = against_known(uri, evidence);
    let registered: Vec<&Comparison> =
        sight.compared.iter().filter(|c| c.against == Against::Registered).collect();
    if registered.iter().any(|c| c.equal) {
        sight.confidence = Some(Confidence::Possible);
        sight.more.push(
            "It is registered now: the list was changed since, or the request names another app.".into(),
        );
    } else if sight.compared.iter().any(|c| c.equal && c.against == Against::SignOut) {
        sight.headline = Some("The redirect URI stands in the wrong list: sign-out, not sign-in.".into());
    } else if let Some(class) = sight.compared.iter().find(|c| !c.equal && is_near(c)).and_then(|c| c.class) {
        sight.more.push(class.to_owned());
    } else if app(evidence).is_none() && sight.compared.iter().any(|c| c.equal) {
        sight.more.push("It is the gateway's callback, character by character: so it is missing in the app, or the client ID is another app's.".into());
    }
}

fn is_near(comparison: &Comparison) -> bool {
    let (uri, requested) = (comparison.uri.as_str(), comparison.requested.as_str());
    let same_host = crate::diagnose::address::host_of(uri) == crate::diagnose::address::host_of(requested);
    same_host || edits(uri, requested) <= 8
}

fn differs_at_token(evidence: &Evidence) -> Vec<Sight> {
    let mut authorized: Option<&Hop> = None;
    let mut found = Vec::new();
    for hop in &evidence.hops {
        match hop.endpoint {
            Endpoint::Authorize if hop.redirect_uri.is_some() => authorized = Some(hop),
            Endpoint::Token if hop.text("grant_type") == "authorization_code" => {
                let (Some(before), Some(sent)) =
                    (authorized.and_then(|h| h.redirect_uri.as_deref()), hop.redirect_uri.as_deref())
                else {
                    continue;
                };
                if compare(before, sent).is_some() {
                    let mut sight = Sight::at(hop, "The redirect URIs of the two requests differ.")
                        .expected(before, sent);
                    sight.compared = vec![compared(sent, Against::Authorize, before)];
                    found.push(sight.if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely)));
                }
            }
            _ => {}
        }
    }
    found
}

/// Requests whose redirect URI is worth a look: those that Okta gets.
fn authorize_requests(evidence: &Evidence) -> impl Iterator<Item = (&Hop, &str)> {
    evidence.at(Endpoint::Authorize).filter(|hop| leg_of(hop) != Leg::ClientToGateway).filter_map(|hop| {
        // A refusal of the URI itself has its own rule, with the same comparison.
        let refused = hop.refusal.as_ref().is_some_and(|r| r.words.to_lowercase().contains("redirect"));
        Some((hop, hop.redirect_uri.as_deref()?)).filter(|_| !refused)
    })
}

fn near_miss(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for (hop, uri) in authorize_requests(evidence) {
        let all = against_known(uri, evidence);
        let Some(first) = all.first() else { continue };
        // Okta sent a code there: then it is registered, and what the gateway thinks of it is not known.
        let accepted = hop.received.iter().any(|p| p.name.as_str() == "code");
        if all.iter().any(|c| c.equal) || !is_near(first) || accepted {
            continue;
        }
        let mut sight = Sight::at(hop, format!("redirect_uri is {}", Clean::new(uri)))
            .and(format!("The gateway's callback is {}", first.uri), Provenance::Told)
            .expected(first.uri.as_str(), Clean::new(uri).as_ref());
        sight.more.extend(first.class.map(str::to_owned));
        sight.compared = all;
        found.push(sight);
    }
    found
}

fn not_usable(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for (hop, uri) in authorize_requests(evidence) {
        let bad = lint(uri, &LintContext::default()).into_iter().find(|l| l.severity != Severity::Info);
        if let Some(bad) = bad {
            let mut sight = Sight::at(hop, format!("redirect_uri is {}", Clean::new(uri)));
            sight.more.push(bad.sentence);
            if let Some(fix) = bad.fix {
                sight = sight.expected(&fix, uri);
            }
            if bad.severity == Severity::Warn {
                (sight.rank, sight.confidence) = (Some(Rank::WillFail), Some(Confidence::Possible));
            }
            found.push(sight);
        }
    }
    found
}
