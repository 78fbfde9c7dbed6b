//! Below OAuth: names, connections, certificates, proxies, and answers that are not what was asked for.

use super::*;

const NETWORK: Rule = Rule { leg: Some(Leg::Network), confidence: Confidence::Likely, ..Rule::OKTA };
const RFC: &[&str] = &["RFC 9110 §4.3"];

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "network.interception",
        headline: "A proxy between here and the server opens TLS.",
        cause: "The certificate is signed by somebody's own authority, which this machine or the gateway does not trust.",
        fixes: &[
            Fix::by(
                Who::Network,
                "Network: take the Okta org's and the gateway's host names out of TLS inspection.",
            ),
            Fix::by(Who::You, "Or trust the proxy's authority where the error comes from (SSL_CERT_FILE)."),
        ],
        sources: &["RFC 5280 §6", "RFC 9110 §4.3.4"],
        sees: Some(|e| troubles(e, INTERCEPTED)),
        ..NETWORK
    },
    Rule {
        name: "network.certificate",
        headline: "The server's certificate was refused.",
        cause: "It has ended, is for another host name, or its chain is not complete. Nothing was sent.",
        fixes: &[
            Fix::by(
                Who::Network,
                "Network: look at the certificate that the host shows, its dates, names and chain.",
            ),
            Fix::by(
                Who::You,
                "Compare the clock of this machine: a wrong one makes a good certificate look ended.",
            ),
        ],
        sources: &["RFC 5280 §6.1", "RFC 9110 §4.3.4"],
        sees: Some(|e| troubles(e, CERTIFICATE)),
        ..NETWORK
    },
    Rule {
        name: "network.tls",
        headline: "TLS could not be agreed on.",
        cause: "The two sides have no version or cipher in common, or something between them cut the handshake.",
        fixes: &[Fix::by(Who::Network, "Network: look at proxy and firewall; Okta wants TLS 1.2 or later.")],
        sources: &["RFC 8446 §4.1.1"],
        sees: Some(|e| troubles(e, HANDSHAKE)),
        ..NETWORK
    },
    Rule {
        name: "network.name",
        headline: "The host name was not found.",
        cause: "It is mistyped, or this network's DNS does not know it.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Compare the host name with the org's: https://{your domain}.okta.com.",
            ),
            Fix::by(Who::Network, "Network: ask DNS for it from the machine where the error comes from."),
        ],
        sources: RFC,
        confidence: Confidence::Certain,
        sees: Some(|e| troubles(e, NAME)),
        ..NETWORK
    },
    Rule {
        name: "network.refused",
        headline: "Nothing listens at that address.",
        cause: "The connection was refused: the program is not running, listens on another port, or only on the other of IPv4 and IPv6. For a callback at localhost it means that the MCP client stopped waiting, or waits on another machine.",
        fixes: &[
            Fix::by(
                Who::McpClient,
                "Start the sign-in again while the client waits; over SSH, forward the callback's port.",
            ),
            Fix::by(Who::Network, "Network: look at host, port and firewall."),
        ],
        sources: &["RFC 8252 §7.3", "anthropics/claude-code#44844"],
        sees: Some(|e| troubles(e, REFUSED)),
        ..NETWORK
    },
    Rule {
        name: "network.timeout",
        headline: "No answer came in time.",
        cause: "A firewall drops the packets, a proxy is needed and not set, or the server is overloaded.",
        fixes: &[Fix::by(
            Who::Network,
            "Network: let the machine reach the host on port 443, or set HTTPS_PROXY.",
        )],
        sources: RFC,
        sees: Some(|e| troubles(e, TIMEOUT)),
        ..NETWORK
    },
    Rule {
        name: "network.proxy-login",
        headline: "A proxy wants a sign-in of its own.",
        cause: "407 comes from a proxy of this network, not from Okta or the gateway.",
        fixes: &[Fix::by(Who::Network, "Network: give the machine access through the proxy.")],
        sources: &["RFC 9110 §15.5.8"],
        confidence: Confidence::Certain,
        sees: Some(|e| of_status(e, &[407])),
        ..NETWORK
    },
    Rule {
        name: "network.blocked",
        headline: "A firewall or proxy answered in the server's place.",
        cause: "The page is not Okta's and not the gateway's: a web filter or an application firewall stopped the request before it arrived. Some dislike an address such as 127.0.0.1 or a URL inside a query.",
        fixes: &[Fix::by(
            Who::Network,
            "Network: find the rule that stopped it by the time and the id on the page, and except these addresses.",
        )],
        sources: &["kortix-ai/suna#7082"],
        sees: Some(blocked),
        ..NETWORK
    },
    Rule {
        name: "network.html-for-json",
        headline: "A page came where JSON was expected.",
        cause: "Host or path is wrong, or a proxy answers in the server's place. Some hosts answer 200 with a page to any path, so a status of 200 proves nothing.",
        fixes: &[
            Fix::by(
                Who::GatewayTeam,
                "Gateway: compare tokenUrl, host and path, with the authorization server's metadata.",
            ),
            Fix::by(Who::Network, "Network: look whether a proxy shows a page of its own."),
        ],
        sources: &["RFC 6749 §5.1", "RFC 8414 §3.2"],
        leg: None,
        confidence: Confidence::Likely,
        sees: Some(html_for_json),
        ..Rule::OKTA
    },
    Rule {
        name: "network.clock",
        headline: "Two clocks differ by more than a few minutes.",
        cause: "Tokens seem to be from the future or ended, and signed assertions are refused. Measured is the machine that made the capture, not the gateway.",
        fixes: &[Fix::by(
            Who::You,
            "Set the clock (NTP) of the machine that made the capture, and compare the gateway's.",
        )],
        sources: &["RFC 7519 §4.1.4", "RFC 9110 §6.6.1"],
        rank: Rank::Practice,
        confidence: Confidence::Certain,
        sees: Some(clock),
        ..NETWORK
    },
    Rule {
        name: "network.bad-gateway",
        headline: "Something between failed: no answer came from the server behind it.",
        cause: "502, 503 and 504 come from a proxy or load balancer that could not reach what stands behind it.",
        fixes: &[Fix::by(Who::You, "Try again; then look at the status pages of Okta and of the gateway.")],
        sources: &["RFC 9110 §15.6"],
        leg: None,
        rank: Rank::Consequence,
        confidence: Confidence::Possible,
        sees: Some(|e| of_status(e, &[502, 503, 504])),
        ..Rule::OKTA
    },
];

const INTERCEPTED: &[&str] = &[
    "self signed certificate in certificate chain",
    "self-signed certificate in certificate chain",
    "self_signed_cert_in_chain",
    "unable to get local issuer certificate",
    "unable_to_get_issuer_cert_locally",
    "unable_to_verify_leaf_signature",
    "unknownissuer",
    "unknown issuer",
    "unknown authority",
    "unknown ca",
    "pkix path building failed",
    "err_cert_authority_invalid",
    "sec_error_unknown_issuer",
    "zscaler",
    "netskope",
];
const CERTIFICATE: &[&str] = &[
    "certificate has expired",
    "certificate expired",
    "cert_has_expired",
    "certificate is not valid",
    "not valid for name",
    "notvalidforname",
    "no alternative certificate subject name",
    "err_cert_common_name_invalid",
    "err_cert_date_invalid",
    "err_tls_cert_altname_invalid",
    "hostname/ip does not match certificate",
    "certificate verify failed",
    "certificate_verify_failed",
    "self signed certificate",
    "self-signed certificate",
    "depth_zero_self_signed_cert",
    "ssl certificate problem",
];
const HANDSHAKE: &[&str] = &[
    "handshake failure",
    "handshake_failure",
    "err_ssl_protocol_error",
    "err_ssl_version_or_cipher_mismatch",
    "wrong version number",
    "protocol version",
    "ssl_error_syscall",
    "eproto",
];
const NAME: &[&str] = &[
    "could not resolve host",
    "enotfound",
    "eai_again",
    "name or service not known",
    "no such host",
    "nodename nor servname",
    "getaddrinfo",
    "dns_probe_finished_nxdomain",
    "err_name_not_resolved",
    "nxdomain",
    "failed to lookup address",
];
const REFUSED: &[&str] = &[
    "connection refused",
    "econnrefused",
    "err_connection_refused",
    "refused to connect",
    "failed to connect to",
];
const TIMEOUT: &[&str] =
    &["timed out", "etimedout", "timeout", "err_connection_timed_out", "deadline exceeded", "err_timed_out"];

/// What JSON parsers say to a page.
const HTML: &[&str] = &[
    "unexpected token '<'",
    "unexpected token <",
    "invalid character '<'",
    "<!doctype",
    "expected value at line 1 column 1",
];

/// Whether a line tells of trouble below HTTP.
pub fn is_trouble(line: &Clean) -> bool {
    let line = line.as_str().to_lowercase();
    if HTML.iter().any(|word| line.contains(word)) {
        return true;
    }
    [INTERCEPTED, CERTIFICATE, HANDSHAKE, NAME, REFUSED, TIMEOUT]
        .iter()
        .any(|list| list.iter().any(|word| line.contains(word)))
}

/// Troubles whose first fitting list is `list`: the lists overlap, and the more telling ones stand first.
fn troubles(evidence: &Evidence, list: &'static [&'static str]) -> Vec<Sight> {
    let order = [INTERCEPTED, CERTIFICATE, HANDSHAKE, NAME, REFUSED, TIMEOUT];
    let mut found = Vec::new();
    for hop in &evidence.hops {
        let Some(trouble) = &hop.trouble else { continue };
        let lower = trouble.as_str().to_lowercase();
        let first = order.iter().find(|list| list.iter().any(|word| lower.contains(word)));
        if first.is_some_and(|first| **first == *list) {
            found.push(Sight::at(hop, trouble.to_string()));
        }
    }
    found
}

fn of_status(evidence: &Evidence, statuses: &[u16]) -> Vec<Sight> {
    let fits = |hop: &&Hop| {
        hop.status.is_some_and(|s| statuses.contains(&s))
            && hop.refusal.as_ref().is_none_or(|r| r.code.is_empty())
    };
    evidence
        .hops
        .iter()
        .filter(fits)
        .map(|hop| Sight::at(hop, format!("{} answered {}.", place(hop), hop.status.unwrap_or_default())))
        .collect()
}

fn place(hop: &Hop) -> String {
    hop.address.as_ref().map_or_else(|| "It".to_owned(), |a| a.host.to_string())
}

/// Words of pages that web filters and application firewalls show.
const FILTERS: &[&str] = &[
    "zscaler",
    "netskope",
    "forcepoint",
    "bluecoat",
    "fortinet",
    "fortigate",
    "palo alto",
    "cloudflare",
    "attention required",
    "akamai",
    "imperva",
    "incapsula",
    "web filter",
    "request blocked",
    "access denied",
    "request rejected",
    "403 forbidden",
    "blocked",
    "captive portal",
];

fn blocked(evidence: &Evidence) -> Vec<Sight> {
    let by_filter = |hop: &&Hop| {
        let refused = matches!(hop.status, Some(403 | 406 | 503 | 511)) || hop.status.is_none();
        let Some(title) = hop.page_title.as_ref().filter(|_| refused && hop.refusal.is_none()) else {
            return false;
        };
        let said = format!("{} {}", title, hop.server_header).to_lowercase();
        FILTERS.iter().any(|word| said.contains(word))
    };
    evidence
        .hops
        .iter()
        .filter(by_filter)
        .map(|hop| {
            let title = hop.page_title.clone().unwrap_or_default();
            Sight::at(hop, format!("The page is titled \"{title}\"; Server: {}.", hop.server_header))
        })
        .collect()
}

fn html_for_json(evidence: &Evidence) -> Vec<Sight> {
    let wrong = |hop: &&Hop| {
        let wants_json = matches!(
            hop.endpoint,
            Endpoint::Token
                | Endpoint::Metadata
                | Endpoint::ResourceMetadata
                | Endpoint::Register
                | Endpoint::Mcp
        );
        wants_json && hop.refusal.is_none() && hop.page_title.is_some()
    };
    let mut found: Vec<Sight> = evidence
        .hops
        .iter()
        .filter(wrong)
        .map(|hop| {
            let title = hop.page_title.clone().unwrap_or_default();
            Sight::at(
                hop,
                format!(
                    "{} answered {} with the page \"{title}\".",
                    place(hop),
                    hop.status.map_or_else(|| "nothing".into(), |s| s.to_string())
                ),
            )
            .expected("application/json", "text/html")
        })
        .collect();
    for hop in &evidence.hops {
        let said = hop.trouble.as_ref().map(|t| t.as_str().to_lowercase()).unwrap_or_default();
        if HTML.iter().any(|word| said.contains(word)) {
            found.push(
                Sight::at(hop, hop.trouble.clone().unwrap_or_default().to_string())
                    .expected("application/json", "text/html"),
            );
        }
    }
    found
}

/// Seconds by which two clocks may differ.
const LEEWAY_SECONDS: i64 = 180;

fn clock(evidence: &Evidence) -> Vec<Sight> {
    let off = |hop: &Hop| {
        Some(hop.date?.as_second() - hop.sent_at?.as_second()).filter(|s| s.abs() > LEEWAY_SECONDS)
    };
    let of_okta = evidence.hops.iter().filter(|hop| leg_of(hop) == Leg::GatewayToOkta);
    let mut wrong = of_okta.filter_map(|hop| off(hop).map(|s| (hop, s)));
    let Some((hop, seconds)) = wrong.next() else { return Vec::new() };
    let side = if seconds > 0 { "behind" } else { "ahead of" };
    let by = crate::text::time::length(seconds.unsigned_abs());
    let mut sight = Sight::at(hop, format!("The clock of the capture is {by} {side} the server's."));
    if let Some((last, _)) = wrong.next_back() {
        let saw = "It still is at this answer.".to_owned();
        sight.seen.push(Seen { saw, provenance: Provenance::Observed, hop: number(last) });
    }
    vec![sight]
}
