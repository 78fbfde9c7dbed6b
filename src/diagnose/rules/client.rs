//! The client: its ID, its secret, how it proves itself, what it may do (RFC 6749 §2.3, §5.2).

use super::*;
use crate::diagnose::evidence::ClientAuth;

const TOKEN_SOURCES: &[&str] = &["RFC 6749 §5.2", "developer.okta.com: client authentication"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "client.two-methods",
        headline: "The client proved itself in two ways at once.",
        cause: "The secret came in the Authorization header and in the body; one method is allowed in a request.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: send the secret in the header or in the body, not in both.",
        )],
        sources: &["RFC 6749 §2.3"],
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_request", "multiple"),
            okta(TOKEN, "invalid_request", "more than one client"),
        ],
        reasons: &["multiple_client_credentials"],
        sees: Some(two_methods),
        ..Rule::OKTA
    },
    Rule {
        name: "client.blank-in-secret",
        headline: "The client secret has white space in it.",
        cause: "It was pasted with a blank or a line break. Okta compares every character of it.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: paste the client secret again, without blanks around it.",
        )],
        sources: TOKEN_SOURCES,
        step: Some(Step::Token),
        sees: Some(blank_in_secret),
        ..Rule::OKTA
    },
    Rule {
        name: "client.blank-in-id",
        headline: "The client ID has white space in it.",
        cause: "It was pasted with a blank or a line break. Okta compares every character of it.",
        fixes: &[Fix::by(Who::GatewayTeam, "Gateway: paste the client ID again, without blanks around it.")],
        sources: &["RFC 6749 §2.2"],
        sees: Some(blank_in_id),
        ..Rule::OKTA
    },
    Rule {
        name: "client.secret-wrong",
        headline: "Okta refused the client secret.",
        cause: "The client ID is known; the secret is not one of its active ones: it was copied wrong, has white space around it, was rotated, or was deactivated.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: paste the client secret again, without blanks around it."),
            Fix::plan(
                ChangeKind::NewSecret,
                "Okta: see which secret is active; make a new one if nobody has its value.",
            ),
        ],
        sources: TOKEN_SOURCES,
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_client", "client secret supplied"),
            okta(TOKEN, "invalid_client", "client secret"),
            okta(ANY, "", "client secret supplied for a confidential client is invalid"),
        ],
        reasons: &["invalid_client_secret"],
        adds: Some(which_secret),
        needs: &[Ask::Secrets],
        ..Rule::OKTA
    },
    Rule {
        name: "client.secret-missing",
        headline: "No client secret was sent.",
        cause: "The app is confidential and has to prove itself at the token endpoint; the request carried no credentials, or in a place that Okta does not look at.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: set the client secret."),
            Fix::by(
                Who::OktaAdmin,
                "Okta: compare the app's client authentication with what the gateway does.",
            ),
        ],
        sources: TOKEN_SOURCES,
        step: Some(Step::Token),
        refusals: &[okta(ANY, "invalid_client", "no client credentials")],
        reasons: &["missing_client_credentials"],
        ..Rule::OKTA
    },
    Rule {
        name: "client.secret-in-query",
        headline: "The client secret was sent in the URL.",
        cause: "Credentials must not stand in the query: they end up in logs. Okta refuses them there.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: send the secret in the header or in the form body."),
            Fix::plan(ChangeKind::NewSecret, "Okta: make a new client secret; this one is in logs now."),
        ],
        sources: &["RFC 6749 §2.3.1"],
        step: Some(Step::Token),
        refusals: &[okta(TOKEN, "invalid_request", "query")],
        reasons: &["client_credentials_in_query"],
        sees: Some(secret_in_query),
        ..Rule::OKTA
    },
    Rule {
        name: "client.basic-malformed",
        headline: "The Authorization header of the token request is malformed.",
        cause: "client_secret_basic is Base64 of client ID, a colon, and secret.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: correct how client ID and secret are put into the header, or send them in the body.",
        )],
        sources: &["RFC 6749 §2.3.1"],
        step: Some(Step::Token),
        refusals: &[
            okta(TOKEN, "invalid_client", "authorization header"),
            okta(TOKEN, "invalid_client", "basic"),
        ],
        reasons: &["invalid_basic_auth_creds"],
        ..Rule::OKTA
    },
    Rule {
        name: "client.unknown",
        headline: "Okta does not know this client.",
        cause: "The client ID is mistyped, belongs to another org, or its app is inactive or deleted.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: compare clientId, and the host of authorizationUrl and tokenUrl, with the app's.",
            ),
            Fix::plan(ChangeKind::Activate, "Okta: activate the app, if it is inactive."),
        ],
        sources: &[
            "RFC 6749 §4.1.2.1",
            "support.okta.com: invalid-client-error-returned-during-client-authentication-failure",
        ],
        refusals: &[
            okta(ANY, "invalid_client", "client_id"),
            okta(ANY, "invalid_client", "client id"),
            okta(ANY, "E0000013", ""),
            seen_at(AUTHORIZE, "invalid_client"),
        ],
        reasons: &["invalid_client_id"],
        adds: Some(whose_client),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "client.method",
        headline: "The client did not prove itself in the way that the app demands.",
        cause: "Secret or method is wrong: the app takes the secret either in a header (client_secret_basic) or in the body (client_secret_post), or wants a signed assertion.",
        fixes: &[
            Fix::plan(
                ChangeKind::AuthMethod,
                "Okta: set the app's client authentication to the gateway's method. Switching may replace the secret.",
            ),
            Fix::by(Who::GatewayTeam, "Gateway: paste client ID and secret again."),
        ],
        sources: &["RFC 6749 §2.3.1", "developer.okta.com: error codes, invalid_token_endpoint_auth_method"],
        step: Some(Step::Token),
        confidence: Confidence::Likely,
        refusals: &[
            okta(ANY, "invalid_client", "client authentication failed"),
            okta(ANY, "invalid_client", "auth method"),
            okta(ANY, "invalid_client", "auth_method"),
            okta(ANY, "invalid_client", "client_assertion"),
        ],
        reasons: &["invalid_token_endpoint_auth_method"],
        adds: Some(which_method),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "client.refused",
        headline: "Okta refused the client's credentials.",
        cause: "Client ID, secret or method is wrong: it does not say which.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: paste client ID and client secret again, without blanks around them.",
            ),
            Fix::by(
                Who::OktaAdmin,
                "Okta: see which secret is active, and compare the app's client authentication with the gateway's.",
            ),
        ],
        sources: TOKEN_SOURCES,
        step: Some(Step::Token),
        confidence: Confidence::Likely,
        refusals: &[okta(ANY, "invalid_client", "")],
        reasons: &["invalid_client"],
        adds: Some(which_method),
        needs: &[Ask::App, Ask::Secrets],
        ..Rule::OKTA
    },
    Rule {
        name: "client.org-server-only",
        headline: "This client may use the org server only.",
        cause: "Okta does not let this app use a custom authorization server.",
        fixes: &[Fix::by(
            Who::GatewayTeam,
            "Gateway: use the org server's URLs (/oauth2/v1/…) at both places.",
        )],
        sources: &["developer.okta.com: error codes, org_authorization_server_only_client"],
        refusals: &[okta(ANY, "unauthorized_client", "custom authorization server")],
        reasons: &["org_authorization_server_only_client"],
        ..Rule::OKTA
    },
    Rule {
        name: "client.grant-off",
        headline: "The grant is not switched on for this app.",
        cause: "The app's grant types lack the one that was used.",
        fixes: &[Fix::plan(
            ChangeKind::AddGrant,
            "Okta: tick Authorization Code, and Refresh Token if it is used, among the app's grant types.",
        )],
        sources: &["RFC 6749 §4.1.2.1, §5.2"],
        refusals: &[okta(ANY, "unauthorized_client", "")],
        reasons: &["unauthorized_client"],
        adds: Some(which_grant),
        needs: &[Ask::App],
        ..Rule::OKTA
    },
    Rule {
        name: "client.grant-unknown",
        headline: "The authorization server does not take this grant.",
        cause: "The grant type is misspelt, or is off for the app or in the server's rule.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: send grant_type=authorization_code."),
            Fix::plan(
                ChangeKind::AddGrant,
                "Okta: tick the grant type in the app and in the access policy's rule.",
            ),
        ],
        sources: &["RFC 6749 §5.2"],
        step: Some(Step::Token),
        refusals: &[okta(ANY, "unsupported_grant_type", "")],
        reasons: &["unsupported_grant_type"],
        ..Rule::OKTA
    },
    Rule {
        name: "client.response-type",
        headline: "This app does not answer with what was asked for.",
        cause: "The response type is not one that the app is set up for; the gateway's kind of client asks for a code.",
        fixes: &[
            Fix::by(Who::GatewayTeam, "Gateway: send response_type=code."),
            Fix::plan(ChangeKind::AddGrant, "Okta: tick Authorization Code among the app's grant types."),
        ],
        sources: &["RFC 6749 §3.1.1, §4.1.2.1"],
        step: Some(Step::Authorize),
        refusals: &[okta(AUTHORIZE, "unsupported_response_type", "")],
        reasons: &["unsupported_response_type"],
        ..Rule::OKTA
    },
];

fn token_requests(evidence: &Evidence) -> impl Iterator<Item = &Hop> {
    evidence.at(Endpoint::Token).filter(|hop| leg_of(hop) != Leg::ClientToGateway)
}

fn two_methods(evidence: &Evidence) -> Vec<Sight> {
    token_requests(evidence)
        .filter(|hop| hop.client_auth == Some(ClientAuth::Both))
        .map(|hop| {
            Sight::at(hop, "The token request has an Authorization header and client_secret in its body.")
                .if_refused(hop.failed(), (Rank::Practice, Confidence::Certain))
        })
        .collect()
}

fn blank_in_secret(evidence: &Evidence) -> Vec<Sight> {
    let odd = |value: Option<&Value>| {
        value.and_then(|v| v.mark).is_some_and(|mark| mark.odd.blank || mark.odd.foreign)
    };
    token_requests(evidence)
        .filter_map(|hop| {
            let at = if odd(hop.sent("client_secret")) {
                "client_secret holds"
            } else if odd(hop.basic.as_ref().map(|basic| &basic.secret)) {
                "The secret in the Authorization header holds"
            } else {
                return None;
            };
            let saw = format!("{at} white space, or a character that no secret of Okta's has.");
            Some(Sight::at(hop, saw).if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely)))
        })
        .collect()
}

fn blank_in_id(evidence: &Evidence) -> Vec<Sight> {
    let blank = |text: &str| text.contains(char::is_whitespace);
    let ours = evidence.hops.iter().filter(|hop| leg_of(hop) != Leg::ClientToGateway);
    ours.filter_map(|hop| {
        let in_header = hop.basic.as_ref().map_or("", |basic| basic.client_id.shown.as_str());
        let saw = if blank(hop.text("client_id")) {
            format!("client_id is \"{}\", with white space.", hop.text("client_id"))
        } else if blank(in_header) {
            format!("The client ID in the Authorization header is \"{in_header}\", with white space.")
        } else {
            return None;
        };
        Some(Sight::at(hop, saw).if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely)))
    })
    .collect()
}

fn secret_in_query(evidence: &Evidence) -> Vec<Sight> {
    use crate::flow::trace::Place;
    let in_query =
        |hop: &&Hop| hop.sent.iter().any(|p| p.place == Place::Query && p.name.as_str() == "client_secret");
    token_requests(evidence)
        .filter(in_query)
        .map(|hop| {
            Sight::at(hop, "client_secret stands in the URL.")
                .if_refused(hop.failed(), (Rank::WillFail, Confidence::Likely))
        })
        .collect()
}

fn which_secret(evidence: &Evidence, _: &Hop, sight: &mut Sight) {
    let secrets = evidence.answers.iter().find_map(|(_, answer)| match answer {
        Answer::Secrets(list) => Some(list),
        _ => None,
    });
    if let Some(list) = secrets {
        let active: Vec<&str> =
            list.iter().filter(|(_, active)| *active).map(|(made, _)| made.as_str()).collect();
        sight.more.push(match active.as_slice() {
            [] => "The app has no active secret.".to_owned(),
            [one] => format!("Its one active secret was made {one}: the gateway's is older, or mistyped."),
            [newest, ..] => format!("It has {} active secrets, the newest made {newest}.", active.len()),
        });
    }
}

fn which_method(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    let sent = match hop.client_auth {
        Some(ClientAuth::Basic) => "client_secret_basic",
        Some(ClientAuth::Post) => "client_secret_post",
        Some(ClientAuth::Assertion) => "private_key_jwt",
        Some(ClientAuth::None) => "none",
        Some(ClientAuth::Both) | None => return,
    };
    match app(evidence).map(|app| app.auth_method.as_str()).filter(|m| !m.is_empty()) {
        Some(wanted) if wanted != sent => {
            sight.saw = Some(Saw { expected: Clean::new(wanted), actual: Clean::new(sent) });
            sight.confidence = Some(Confidence::Certain);
            sight.headline = Some("The gateway proves itself in another way than the app demands.".into());
        }
        Some(_) => sight.more.push(format!("The method is right ({sent}): so it is the secret.")),
        None => sight.more.push(format!("It was sent as {sent}.")),
    }
}

fn which_grant(_: &Evidence, hop: &Hop, sight: &mut Sight) {
    match hop.text("grant_type") {
        "" => {}
        grant => sight.more.push(format!("It used {grant}.")),
    }
}

fn whose_client(evidence: &Evidence, hop: &Hop, sight: &mut Sight) {
    if evidence.answers.iter().any(|(_, answer)| *answer == Answer::NoApp) {
        sight.more.push("This org has no app with this client ID: compare the org.".into());
    } else if let Some(app) = app(evidence).filter(|app| !app.active) {
        sight.headline = Some(format!("The app \"{}\" is inactive.", app.label));
        sight.confidence = Some(Confidence::Certain);
    }
    match hop.text("client_id") {
        "" => {}
        id if !id.starts_with("0oa") => {
            sight
                .more
                .push(format!("client_id is {id}; Okta's begin with 0oa unless somebody chose another."));
        }
        _ => {}
    }
}
