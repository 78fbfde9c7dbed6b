//! Codes and tokens: used twice, too old, for somebody else.

use super::*;
use crate::text::time;

const AGAIN: &[Fix] = &[
    Fix::by(Who::Person, "Start the sign-in again: a code is good once, and for five minutes at Okta."),
    Fix::by(
        Who::GatewayTeam,
        "Gateway: look whether its callback is called twice, by a reload, a link scanner or a second instance.",
    ),
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "token.code-reused",
        headline: "The authorization code was redeemed twice.",
        cause: "A code is good once. The callback was called a second time, or two instances redeemed it.",
        fixes: AGAIN,
        sources: &["RFC 6749 §4.1.2", "RFC 9700 §4.5"],
        step: Some(Step::Token),
        sees: Some(reused),
        ..Rule::OKTA
    },
    Rule {
        name: "token.code-expired",
        headline: "The authorization code was redeemed too late.",
        cause: "Okta's codes live five minutes.",
        fixes: AGAIN,
        sources: &["developer.okta.com: OIDC, code lifetime 300 s"],
        step: Some(Step::Token),
        sees: Some(too_late),
        ..Rule::OKTA
    },
    Rule {
        name: "token.other-client",
        headline: "The code belongs to another client.",
        cause: "Authorization request and token request came with different client IDs.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: use one client ID for both requests.")],
        sources: &["RFC 6749 §4.1.3"],
        step: Some(Step::Token),
        reasons: &["mismatched_client"],
        refusals: &[
            okta(TOKEN, "invalid_grant", "another client"),
            okta(TOKEN, "invalid_grant", "client_id"),
        ],
        sees: Some(other_client),
        ..Rule::OKTA
    },
    Rule {
        name: "token.code-refused",
        headline: "The code is no longer good.",
        cause: "It was used before, is older than five minutes, belongs to another client or redirect URI, or was issued by another authorization server.",
        fixes: AGAIN,
        sources: &["RFC 6749 §5.2", "developer.okta.com: error codes, invalid_authorization_code"],
        step: Some(Step::Token),
        confidence: Confidence::Likely,
        refusals: &[
            okta(TOKEN, "invalid_grant", ""),
            okta(ANY, "", "authorization code is invalid or has expired"),
        ],
        reasons: &["invalid_authorization_code"],
        needs: &[Ask::LogEvents],
        ..Rule::OKTA
    },
    Rule {
        name: "token.claim",
        headline: "Okta could not make the token.",
        cause: "Something failed inside Okta: often a claim of the server that cannot be computed for this person, or more groups than a claim may hold.",
        fixes: &[Fix::by(
            Who::OktaAdmin,
            "Okta: try the server's Token Preview for this person; the System Log names the claim.",
        )],
        sources: &[
            "developer.okta.com: error codes, user_claim_evaluation_failure, too_many_groups_in_groups_claim",
        ],
        confidence: Confidence::Likely,
        refusals: &[
            okta(TOKEN, "server_error", ""),
            okta(ANY, "", "claim evaluation"),
            okta(ANY, "server_error", "claim"),
            okta(ANY, "server_error", "groups"),
        ],
        reasons: &["user_claim_evaluation_failure", "too_many_groups_in_groups_claim"],
        needs: &[Ask::LogEvents],
        ..Rule::OKTA
    },
    Rule {
        name: "token.resource",
        headline: "Okta refused the parameter resource.",
        cause: "Okta's authorization servers have one audience each and need no resource indicator.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: leave resource out of its requests to Okta.")],
        sources: &["RFC 8707 §2", "developer.okta.com: error codes, unsupported_resource"],
        refusals: &[okta(ANY, "invalid_target", ""), okta(ANY, "", "rejected the 'resource' parameter")],
        reasons: &["unsupported_resource", "too_many_resources"],
        ..Rule::OKTA
    },
    Rule {
        name: "token.refused-by-okta",
        headline: "Okta refused the access token.",
        cause: "It has ended, was revoked, was issued by another server, or lacks a scope that this endpoint wants.",
        fixes: &[
            Fix::by(Who::You, "Paste the token itself: its iss, aud, exp and scp are then compared."),
            Fix::by(Who::Person, "Sign in again."),
        ],
        sources: &["RFC 6750 §3.1"],
        step: Some(Step::Use),
        refusals: &[
            okta(&[Endpoint::Use, Endpoint::OktaApi], "invalid_token", ""),
            okta(&[Endpoint::Use, Endpoint::OktaApi], "insufficient_scope", ""),
        ],
        confidence: Confidence::Likely,
        leg: None,
        adds: Some(whose_api),
        ..Rule::OKTA
    },
    Rule {
        name: "token.inactive",
        headline: "Introspection says that the token is not active.",
        cause: "It has ended, was revoked, or was issued by another authorization server or to another client: introspection answers the same to all of them.",
        fixes: &[Fix::by(Who::You, "Paste the token itself: its exp and iss tell which.")],
        sources: &["RFC 7662 §2.2"],
        step: Some(Step::Use),
        confidence: Confidence::Likely,
        sees: Some(inactive),
        ..Rule::OKTA
    },
    Rule {
        name: "token.expired",
        headline: "The token has ended.",
        cause: "Whoever gets it refuses it from then on.",
        fixes: &[
            Fix::by(Who::Person, "Sign in again."),
            Fix::by(
                Who::GatewayTeam,
                "Gateway: refresh before the end; that takes offline_access and the grant Refresh Token.",
            ),
        ],
        sources: &["RFC 7519 §4.1.4"],
        step: Some(Step::Use),
        rank: Rank::WillFail,
        sees: Some(expired),
        ..Rule::OKTA
    },
    Rule {
        name: "token.from-the-future",
        headline: "The token was issued in the future.",
        cause: "A clock is wrong: here, or at the machine that looks at the token.",
        fixes: &[Fix::by(Who::You, "Compare the clocks (NTP) of this machine and of the gateway.")],
        sources: &["RFC 7519 §4.1.6", "OpenID Connect Core §3.1.3.7"],
        step: Some(Step::Verify),
        rank: Rank::WillFail,
        confidence: Confidence::Likely,
        sees: Some(future),
        ..Rule::OKTA
    },
    Rule {
        name: "token.org-server",
        headline: "This access token is the org server's: only Okta itself can check it.",
        cause: "Tokens of the org server are for Okta's own APIs; nobody else may validate them, and their contents may change. A resource that checks the audience or the signature refuses them.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: use the URLs of a custom authorization server, if the token is to be checked by anybody but Okta.",
        )],
        sources: &["developer.okta.com: authorization servers"],
        step: Some(Step::Use),
        rank: Rank::Practice,
        confidence: Confidence::Likely,
        sees: Some(of_org_server),
        ..Rule::OKTA
    },
    Rule {
        name: "token.unsigned",
        headline: "The token has no signature.",
        cause: "Its header says alg none: nobody may accept it.",
        fixes: &[Fix::by(Who::You, "Find out where it comes from: Okta signs its tokens.")],
        sources: &["RFC 8725 §3.1"],
        step: Some(Step::Verify),
        rank: Rank::WillFail,
        sees: Some(unsigned),
        ..Rule::OKTA
    },
    Rule {
        name: "token.wrong-kind",
        headline: "This is an ID token, not an access token.",
        cause: "It says who signed in, to the client that its aud names. A resource refuses it as Bearer.",
        fixes: &[Fix::by(
            Who::McpClient,
            "Send the access token as Bearer, if that is what was done with this one.",
        )],
        sources: &["OpenID Connect Core §2", "RFC 9068 §4"],
        step: Some(Step::Use),
        rank: Rank::Remark,
        confidence: Confidence::Possible,
        sees: Some(id_token),
        ..Rule::OKTA
    },
    Rule {
        name: "token.as-it-should",
        headline: "Nothing is wrong with the token as it stands.",
        cause: "Its signature was not checked here. Whether the one who gets it trusts this issuer and audience, only that one can say.",
        fixes: &[Fix::by(Who::McpServer, "Compare iss and aud with what the resource accepts.")],
        sources: &["RFC 9068 §4"],
        step: Some(Step::Verify),
        rank: Rank::Remark,
        confidence: Confidence::Possible,
        sees: Some(sound),
        ..Rule::OKTA
    },
];

fn exchanges(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| leg_of(hop) != Leg::ClientToGateway && hop.text("grant_type") == "authorization_code")
}

fn reused(evidence: &Evidence) -> Vec<Sight> {
    let mut earlier: Vec<u64> = Vec::new();
    let mut found = Vec::new();
    for hop in exchanges(evidence) {
        let Some(mark) = hop.sent("code").and_then(|v| v.mark) else { continue };
        if earlier.contains(&mark.same) && hop.failed() {
            found.push(Sight::at(hop, "The same code was sent to the token endpoint before."));
        }
        earlier.push(mark.same);
    }
    found
}

/// Seconds that a code of Okta's lives.
const CODE_SECONDS: i64 = 300;

fn too_late(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for hop in exchanges(evidence).filter(|hop| hop.failed()) {
        let Some(mark) = hop.sent("code").and_then(|v| v.mark) else { continue };
        let carries = |p: &crate::diagnose::Parameter| p.value.mark.is_some_and(|m| m.same == mark.same);
        let issued = evidence
            .hops
            .iter()
            .filter(|h| h.number < hop.number)
            .find(|h| h.received.iter().chain(&h.sent).any(carries));
        let (Some(issued), Some(used)) = (issued.and_then(|h| h.sent_at), hop.sent_at) else { continue };
        let seconds = used.as_second() - issued.as_second();
        if seconds > CODE_SECONDS {
            let took = time::length(u64::try_from(seconds).unwrap_or(0));
            found.push(
                Sight::at(hop, format!("Between the code and its use lay {took}."))
                    .expected("at most 5 min", &took),
            );
        }
    }
    found
}

fn other_client(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    let mut before = "";
    for hop in &evidence.hops {
        let client = hop.text("client_id");
        match hop.endpoint {
            Endpoint::Authorize if leg_of(hop) != Leg::ClientToGateway => before = client,
            Endpoint::Token
                if hop.text("grant_type") == "authorization_code"
                    && !before.is_empty()
                    && !client.is_empty()
                    && client != before =>
            {
                let sight =
                    Sight::at(hop, format!("authorize: {before}, token: {client}.")).expected(before, client);
                found.push(sight.if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely)));
            }
            _ => {}
        }
    }
    found
}

/// A challenge alone may be any API's: Okta's, the gateway's or a tool's.
fn whose_api(_: &Evidence, hop: &Hop, sight: &mut Sight) {
    if hop.address.is_none() {
        sight.headline = Some("An API refused the access token.".into());
        sight.confidence = Some(Confidence::Possible);
        sight.more.push("Which API it was is not in it: the address that was called tells.".into());
    }
}

fn inactive(evidence: &Evidence) -> Vec<Sight> {
    let says_no = |hop: &&Hop| hop.received("active").is_some_and(|v| v.shown.as_str() == "false");
    // After a revocation that is the answer which is wanted.
    let revoked = |hop: &Hop| {
        evidence
            .at(Endpoint::Use)
            .any(|other| other.number < hop.number && !other.failed() && is_revocation(other))
    };
    evidence
        .at(Endpoint::Use)
        .filter(says_no)
        .filter(|hop| !revoked(hop))
        .map(|hop| Sight::at(hop, "active is false."))
        .collect()
}

fn is_revocation(hop: &Hop) -> bool {
    hop.address.as_ref().is_some_and(|a| a.path.as_str().trim_end_matches('/').ends_with("/revoke"))
}

/// Tokens that were pasted alone: one in a fresh answer is not old at the time of that answer.
fn pasted(evidence: &Evidence) -> impl Iterator<Item = &crate::diagnose::Token> {
    evidence.tokens.iter().filter(|token| token.hop.is_none())
}

fn of_token(token: &crate::diagnose::Token, saw: String) -> Sight {
    Sight {
        hop: token.hop,
        seen: vec![Seen { saw, provenance: Provenance::Observed, hop: token.hop }],
        ..Sight::default()
    }
}

fn at(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), time::utc)
}

fn expired(evidence: &Evidence) -> Vec<Sight> {
    let Some(now) = evidence.now.map(|now| now.as_second()) else { return Vec::new() };
    pasted(evidence)
        .filter_map(|token| token.expires.filter(|end| *end <= now).map(|end| (token, end)))
        .map(|(token, end)| of_token(token, format!("exp is {}.", at(end))))
        .collect()
}

/// Clocks may differ by some minutes (RFC 7519 §4.1.4).
const LEEWAY_SECONDS: i64 = 300;

fn future(evidence: &Evidence) -> Vec<Sight> {
    let Some(now) = evidence.now.map(|now| now.as_second()) else { return Vec::new() };
    pasted(evidence)
        .filter_map(|token| {
            token.issued.filter(|then| *then > now + LEEWAY_SECONDS).map(|then| (token, then))
        })
        .map(|(token, then)| of_token(token, format!("iat is {}, now is {}.", at(then), at(now))))
        .collect()
}

fn is_okta_org(issuer: &str) -> bool {
    use crate::diagnose::address::{Address, Host};
    Address::of(issuer, &[]).is_some_and(|a| {
        a.owner == Host::Okta && a.server.is_none() && a.path.as_str().trim_matches('/').is_empty()
    })
}

fn of_org_server(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .tokens
        .iter()
        .filter(|token| !token.is_id_token && is_okta_org(token.issuer.as_str()))
        .map(|token| of_token(token, format!("iss is {}, without /oauth2/{{id}}.", token.issuer)))
        .collect()
}

fn unsigned(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .tokens
        .iter()
        .filter(|token| token.alg.as_str().eq_ignore_ascii_case("none"))
        .map(|token| of_token(token, "alg is none.".into()))
        .collect()
}

fn id_token(evidence: &Evidence) -> Vec<Sight> {
    pasted(evidence).filter(|token| token.is_id_token).map(|token| of_token(token, about(token))).collect()
}

fn sound(evidence: &Evidence) -> Vec<Sight> {
    pasted(evidence).filter(|token| !token.is_id_token).map(|token| of_token(token, about(token))).collect()
}

fn about(token: &crate::diagnose::Token) -> String {
    let list = |all: &[Clean]| all.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ");
    let end = token.expires.map_or_else(|| "without end".to_owned(), |end| format!("until {}", at(end)));
    format!(
        "iss {}, aud {}, scopes \"{}\", {end}.",
        token.issuer,
        list(&token.audiences),
        list(&token.scopes)
    )
}
