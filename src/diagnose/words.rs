//! A finding in words: the same rows on screen, on paper and in what is copied for somebody else.

use super::evidence::{ClientAuth, Evidence, Hop, Parameter, Token};
use super::finding::{Finding, Who};
use super::redirect::Comparison;
use crate::flow::trace::{Place, meaning};

/// A row: what it is, in at most ten cells, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// `saw`, `why`, `fix` …; empty when it goes on with the row before.
    pub head: &'static str,
    /// The text.
    pub text: String,
    /// Whether its characters stand below those of the row before: it is not to be wrapped.
    pub fixed: bool,
}

fn row(head: &'static str, text: impl Into<String>) -> Row {
    Row { head, text: text.into(), fixed: false }
}

/// Leg and step: `Leg 2 (gateway → Okta), step authorize`.
pub fn place(finding: &Finding) -> String {
    let step = finding.step.map_or_else(String::new, |step| format!(", step {}", step.word()));
    format!("{}{step}", finding.leg.words())
}

/// What was seen, why, what helps, who can do it, where it is written.
pub fn rows(finding: &Finding) -> Vec<Row> {
    let mut out = Vec::new();
    let once = |head: &'static str, at: usize| if at == 0 { head } else { "" };
    for (at, seen) in finding.evidence.iter().enumerate() {
        let hop = seen.hop.map_or_else(String::new, |n| format!("hop {n}, "));
        out.push(row(once("saw", at), format!("{} ({hop}{})", seen.saw, seen.provenance.word())));
    }
    if let Some(saw) = finding.saw.as_ref().filter(|_| finding.compared.is_empty()) {
        out.push(row("expected", saw.expected.as_str()));
        out.push(row("there was", saw.actual.as_str()));
    }
    if !finding.cause.is_empty() {
        out.push(row("why", finding.cause.as_str()));
    }
    for comparison in finding.compared.iter().take(COMPARED) {
        out.extend(side_by_side(comparison));
    }
    for (at, fix) in finding.fix.iter().enumerate() {
        out.push(row(once("fix", at), fix.words));
    }
    out.push(row("who", finding.who.words()));
    out.push(row("sure", finding.confidence.word()));
    if !finding.sources.is_empty() {
        out.push(row("from", finding.sources.join("; ")));
    }
    out
}

/// Redirect URIs that are shown beside the requested one.
const COMPARED: usize = 5;

/// Two redirect URIs one above the other, with a mark below the first difference and its code point.
pub fn side_by_side(comparison: &Comparison) -> Vec<Row> {
    let fixed = |head: &'static str, text: &str| Row { head, text: text.to_owned(), fixed: true };
    let [other, requested, mark] = &comparison.lines;
    let mut out = vec![fixed(comparison.against.word(), other), fixed("requested", requested)];
    if comparison.equal {
        out.push(row("", "the same, character by character"));
        return out;
    }
    out.push(fixed("", mark));
    if let (Some(at), Some(found), Some(wanted)) = (comparison.at, &comparison.found, &comparison.wanted) {
        out.push(row("", format!("character {at}: {found}, not {wanted}")));
    }
    if let Some(class) = comparison.class {
        out.push(row("", class));
    }
    out
}

/// A text to send to whoever can do the first fix.
pub fn message(finding: &Finding) -> String {
    let mut out = format!("{}: {}\n", place(finding), finding.headline);
    for seen in &finding.evidence {
        out.push_str(&format!("Seen: {}\n", seen.saw));
    }
    if let Some(saw) = &finding.saw {
        out.push_str(&format!("Expected: {}\nThere was: {}\n", saw.expected, saw.actual));
    }
    for comparison in finding.compared.iter().filter(|c| !c.equal).take(1) {
        if let (Some(at), Some(found), Some(wanted)) = (comparison.at, &comparison.found, &comparison.wanted)
        {
            out.push_str(&format!("They differ at character {at}: {found}, not {wanted}.\n"));
        }
    }
    out.push_str(&format!("{}\n", finding.cause));
    let who = finding.who;
    let theirs: Vec<&str> = finding.fix.iter().filter(|fix| fix.who == who).map(|fix| fix.words).collect();
    let begin = if who == Who::You {
        "What helps".to_owned()
    } else {
        format!("For the {}", who.words().trim_start_matches("the "))
    };
    out.push_str(&format!("{begin}: {}\n", theirs.join(" ")));
    out
}

/// A hop in a few words: `302  authorization request  acme.okta.com  access_denied`.
pub fn hop_title(hop: &Hop) -> String {
    let status = hop.status.map_or_else(String::new, |s| format!("{s}  "));
    let host = hop.address.as_ref().map_or_else(String::new, |a| format!("  {}", a.host));
    let error = hop.refusal.as_ref().map_or_else(String::new, |r| format!("  {}", r.code));
    format!("{status}{}{host}{error}", hop.endpoint.words())
}

/// A hop in one line: `302  authorize  GET https://…`.
pub fn hop_line(hop: &Hop) -> String {
    let status = match (hop.status, &hop.trouble) {
        (Some(status), _) => status.to_string(),
        (None, Some(_)) => "none".into(),
        (None, None) => "  -".into(),
    };
    let error = hop.refusal.as_ref().map_or_else(String::new, |r| format!("  {}", r.code));
    let method = if hop.method.as_str().is_empty() { String::new() } else { format!("{} ", hop.method) };
    format!("{status:<4} {:<17}{error}  {method}{}", hop.endpoint.words(), hop.url)
}

/// The hops in order, each in one line.
pub fn hops(evidence: &Evidence) -> Vec<String> {
    evidence.hops.iter().map(|hop| format!("{:>3}  {}", hop.number, hop_line(hop))).collect()
}

/// Everything that is known of a hop: what was sent and what came back, with what it means, secrets masked.
pub fn hop_rows(hop: &Hop) -> Vec<Row> {
    let mut out = Vec::new();
    let mut said = |head: &'static str, text: String| {
        if !text.is_empty() {
            out.push(row(head, text));
        }
    };
    let address = hop.url.as_str().split(['?', '#']).next().unwrap_or_default();
    said("to", format!("{} {address}", hop.method).trim().to_owned());
    said("at", hop.sent_at.map(crate::text::time::utc).unwrap_or_default());
    said("client", hop.client_auth.map(|auth| auth.words().to_owned()).unwrap_or_default());
    for (at, parameter) in hop.sent.iter().enumerate() {
        said(if at == 0 { "sent" } else { "" }, of_parameter(parameter));
    }
    let refusal = hop.refusal.as_ref().map(|r| format!("{} {}", r.code, r.words).trim().to_owned());
    said("error", refusal.unwrap_or_default());
    said("nothing", hop.trouble.as_ref().map(ToString::to_string).unwrap_or_default());
    said("page", hop.page_title.as_ref().map(ToString::to_string).unwrap_or_default());
    said("challenge", hop.challenge.as_ref().map(ToString::to_string).unwrap_or_default());
    for (at, parameter) in hop.received.iter().enumerate() {
        said(if at == 0 { "answer" } else { "" }, of_parameter(parameter));
    }
    out
}

/// The header and the claims of a token. Nobody checked its signature.
pub fn token_rows(token: &Token) -> Vec<Row> {
    let mut out = vec![row("header", format!("alg {}, typ {}", token.alg, token.typ))];
    out.extend(
        token
            .claims
            .iter()
            .enumerate()
            .map(|(at, c)| row(if at == 0 { "claims" } else { "" }, of_parameter(c))),
    );
    out
}

/// `scope  openid email`, and in brackets what it is for, where that is not plain.
fn of_parameter(parameter: &Parameter) -> String {
    let place = if parameter.place == Place::Location { Place::Query } else { parameter.place };
    // Where it is written stands in the tester's own table; here the first sentence is enough.
    let meaning = meaning::of(place, parameter.name.as_str());
    let short = meaning.split(" (").next().and_then(|m| m.split(". ").next()).unwrap_or_default();
    match short.trim_end_matches('.') {
        "" => format!("{}  {}", parameter.name, parameter.value.shown),
        short => format!("{}  {}  ({short})", parameter.name, parameter.value.shown),
    }
}

impl ClientAuth {
    /// How the client proved itself, by the name that RFC 7591 §2 has for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic: the secret is in the Authorization header",
            Self::Post => "client_secret_post: the secret is in the body",
            Self::Both => "the secret is in the header and in the body",
            Self::Assertion => "private_key_jwt: a signed assertion",
            Self::None => "none: only client_id",
        }
    }
}
