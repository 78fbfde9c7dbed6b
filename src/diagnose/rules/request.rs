//! Requests that are not formed as they have to be (RFC 6749 §4.1.1, and what Okta adds to it), and requests with nothing wrong.

use super::*;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "request.state",
        headline: "The request has no state, or one that Okta does not take.",
        cause: "Okta demands a state, of letters, digits, comma, dot, underscore and hyphen.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: send a state of these characters. This cannot be put right in Okta.",
        )],
        sources: &["RFC 6749 §10.12", "developer.okta.com: /authorize, state"],
        step: Some(Step::Authorize),
        refusals: &[okta(AUTHORIZE, "invalid_request", "state")],
        reasons: &["invalid_state"],
        sees: Some(state),
        ..Rule::OKTA
    },
    Rule {
        name: "request.parameter-twice",
        headline: "A parameter stands in the request twice.",
        cause: "OAuth forbids it, and Okta refuses the request.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: send each parameter once; look whether authorizationUrl has a query of its own.",
        )],
        sources: &["RFC 6749 §3.1"],
        step: Some(Step::Authorize),
        refusals: &[
            okta(AUTHORIZE, "invalid_request", "duplicate"),
            okta(AUTHORIZE, "invalid_request", "more than once"),
        ],
        reasons: &["duplicate_oauth_params"],
        sees: Some(twice),
        ..Rule::OKTA
    },
    Rule {
        name: "request.redirect-uri-missing",
        headline: "The request has no redirect URI.",
        cause: "Okta demands one in every authorization request.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: fill in redirectUri.")],
        sources: &["RFC 6749 §3.1.2.3", "developer.okta.com: /authorize"],
        step: Some(Step::Authorize),
        sees: Some(|e| missing(e, "redirect_uri")),
        ..Rule::OKTA
    },
    Rule {
        name: "request.client-id-missing",
        headline: "The request has no client ID.",
        cause: "Okta cannot tell whose request it is.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: fill in clientId.")],
        sources: &["RFC 6749 §4.1.1"],
        step: Some(Step::Authorize),
        sees: Some(|e| missing(e, "client_id")),
        ..Rule::OKTA
    },
    Rule {
        name: "request.response-type-missing",
        headline: "The request has no response_type, or not code.",
        cause: "The gateway's kind of client asks for a code.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: send response_type=code.")],
        sources: &["RFC 6749 §3.1.1"],
        step: Some(Step::Authorize),
        sees: Some(response_type),
        ..Rule::OKTA
    },
    Rule {
        name: "request.redirect-uri-missing-at-token",
        headline: "The token request has no redirect URI.",
        cause: "The authorization request had one, so the token request has to repeat it.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: send the same redirect_uri at both steps.")],
        sources: &["RFC 6749 §4.1.3"],
        step: Some(Step::Token),
        sees: Some(missing_at_token),
        ..Rule::OKTA
    },
    Rule {
        name: "request.content-type",
        headline: "The token request is not form-encoded.",
        cause: "The token endpoint takes application/x-www-form-urlencoded only; a JSON body is as good as none.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: send the token request as a form.")],
        sources: &["RFC 6749 §4.1.3"],
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_request", "grant_type"),
            okta(TOKEN, "invalid_request", "content-type"),
            okta(TOKEN, "invalid_request", "accept and/or content"),
        ],
        reasons: &["token_request_missing_grant_type"],
        ..Rule::OKTA
    },
    Rule {
        name: "request.worked",
        headline: "Okta issued tokens: leg 2 worked to its end.",
        cause: "Authorization request, sign-in, code and client secret were right. What fails comes after: in the gateway, or in what stands behind it.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "If people still cannot use the MCP server, look at the gateway and at what stands behind it.",
            ),
            Fix::by(Who::You, "Whoever has these tokens can use them: do not pass them on."),
        ],
        sources: &["RFC 6749 §5.1"],
        step: Some(Step::Token),
        rank: Rank::Remark,
        sees: Some(worked),
        ..Rule::OKTA
    },
    Rule {
        name: "request.code-issued",
        headline: "Okta issued a code: everything up to the callback worked.",
        cause: "Client ID, redirect URI, scopes, sign-in, assignment and policy are right. What fails comes after: the gateway's token request (client secret, redirect URI, PKCE verifier), or the gateway. A code is good once, for five minutes, and belongs to the gateway: do not pass it on.",
        fixes: &[
            Fix::by(
                Who::You,
                "Test with oktui: it redeems a code of its own, with the client secret, and shows the answer.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: look at its log for the token request that followed."),
        ],
        sources: &["RFC 6749 §4.1.2"],
        step: Some(Step::Callback),
        rank: Rank::Remark,
        sees: Some(code_issued),
        ..Rule::OKTA
    },
    Rule {
        name: "request.as-it-should",
        headline: "Nothing is wrong with the request as it stands.",
        cause: "Whether the client, the redirect URI and the scopes are registered, only the org can say.",
        fixes: &[Fix::by(
            Who::You,
            "Run the probe of oktui's test against the org: it needs nobody to sign in.",
        )],
        sources: &["RFC 6749 §4.1.1"],
        step: Some(Step::Authorize),
        rank: Rank::Remark,
        confidence: Confidence::Possible,
        sees: Some(sound),
        ..Rule::OKTA
    },
];

/// Authorization requests that go to Okta and carry parameters at all: the bare address of the endpoint is no request.
fn requests(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    let by_reference = |hop: &&Hop| hop.sent("request_uri").is_none() && hop.sent("request").is_none();
    evidence
        .at(Endpoint::Authorize)
        .filter(|hop| leg_of(hop) != Leg::ClientToGateway && !hop.sent.is_empty())
        .filter(by_reference)
}

fn missing(evidence: &Evidence, name: &str) -> Vec<Sight> {
    requests(evidence)
        .filter(|hop| hop.text(name).is_empty())
        .map(|hop| {
            Sight::at(hop, format!("{name} is not in the request."))
                .if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Certain))
        })
        .collect()
}

fn state(evidence: &Evidence) -> Vec<Sight> {
    let mut found = missing(evidence, "state");
    for hop in requests(evidence) {
        if hop.sent("state").and_then(|v| v.mark).is_some_and(|mark| mark.odd.blank || mark.odd.foreign) {
            let sight = Sight::at(hop, "state holds white space, or a character outside ASCII.");
            found.push(sight.if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Likely)));
        }
    }
    found
}

fn twice(evidence: &Evidence) -> Vec<Sight> {
    let mut found = Vec::new();
    for hop in requests(evidence) {
        let names: Vec<&str> = hop.sent.iter().map(|p| p.name.as_str()).collect();
        let double =
            names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|before| before == *name));
        if let Some((_, name)) = double {
            let sight = Sight::at(hop, format!("{name} is in the request more than once."));
            found.push(sight.if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Likely)));
        }
    }
    found
}

fn response_type(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|hop| hop.text("response_type") != "code" && hop.sent("client_id").is_some())
        .map(|hop| {
            let sent = hop.text("response_type");
            let shown = if sent.is_empty() { "nothing" } else { sent };
            Sight::at(hop, format!("response_type is {shown}."))
                .expected("code", shown)
                .if_refused(hop.refusal.is_some(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn missing_at_token(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| leg_of(hop) != Leg::ClientToGateway)
        .filter(|hop| hop.text("grant_type") == "authorization_code" && hop.redirect_uri.is_none())
        .map(|hop| {
            Sight::at(hop, "The token request has no redirect_uri.")
                .if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn worked(evidence: &Evidence) -> Vec<Sight> {
    evidence
        .at(Endpoint::Token)
        .filter(|hop| hop.received("access_token").is_some() && leg_of(hop) != Leg::ClientToGateway)
        .map(|hop| Sight::at(hop, "The answer has an access token."))
        .collect()
}

fn code_issued(evidence: &Evidence) -> Vec<Sight> {
    let token = evidence.at(Endpoint::Token).any(|hop| leg_of(hop) != Leg::ClientToGateway);
    let mut found = Vec::new();
    for hop in evidence.hops.iter().filter(|_| !token) {
        let in_callback = hop.endpoint == Endpoint::Callback
            && hop.sent("code").is_some()
            && leg_of(hop) != Leg::ClientToGateway;
        let in_redirect = hop.endpoint == Endpoint::Authorize
            && leg_of(hop) == Leg::GatewayToOkta
            && hop.received("code").is_some();
        if in_callback || in_redirect {
            let mut sight = Sight::at(hop, "There is a code, and no error.");
            if in_callback && hop.sent("state").is_none() {
                sight
                    .more
                    .push("There is no state beside the code: a part of the address is missing.".into());
            }
            found.push(sight);
        }
    }
    found
}

fn sound(evidence: &Evidence) -> Vec<Sight> {
    requests(evidence)
        .filter(|hop| hop.refusal.is_none())
        .map(|hop| Sight::at(hop, format!("The request is {}", hop.url)))
        .collect()
}
