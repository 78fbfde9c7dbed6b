//! Reads the JSON of a run back, for a history of runs. What was masked stays masked: its tags become holes whose values are gone.

use crate::flow::trace::{
    Check, Connection, Exchange, Hole, HoleId, Hop, Leg, Parameter, Party, Piece, Place, RunVerdict,
    SecretKind, Step, Text, Trace, Verdict, Way,
};
use crate::text::{Clean, clean_block};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The form that is written now.
const FORM: u32 = 1;

/// The text is no run, or not one that this version knows.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// No JSON, or not of a run.
    #[error("it is not a run as oktui writes it: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version wrote it.
    #[error("another version of oktui wrote it: its form is {0}")]
    Form(u32),
}

/// What a list says of a run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Head")]
pub struct Summary {
    /// When it began.
    pub began: Timestamp,
    /// How the person signed in.
    pub way: Way,
    /// How it ended.
    pub verdict: RunVerdict,
}

/// The run that [`super::Format::Json`] wrote. It names nobody, and no hole of it has a value.
///
/// # Errors
/// It is something else.
pub fn read(json: Value) -> Result<Trace, Unreadable> {
    let whole: Whole = serde_json::from_value(json)?;
    known(whole.oktui_run)?;
    let left = lines(&whole.result.left);
    Ok(Trace {
        run: whole.run,
        title: clean_block(&whole.title),
        way: whole.way,
        // What is in the file is a tag.
        login: None,
        began: whole.began,
        hops: whole.hops.into_iter().map(hop).collect(),
        verdict: whole.result.verdict(),
        left,
    })
}

fn known(form: u32) -> Result<(), Unreadable> {
    if form == FORM { Ok(()) } else { Err(Unreadable::Form(form)) }
}

impl TryFrom<Head> for Summary {
    type Error = Unreadable;
    fn try_from(head: Head) -> Result<Self, Unreadable> {
        known(head.oktui_run)?;
        Ok(Self { began: head.began, way: head.way, verdict: head.result.verdict() })
    }
}

#[derive(Deserialize)]
struct Head {
    oktui_run: u32,
    began: Timestamp,
    way: Way,
    result: Ended,
}

#[derive(Deserialize)]
struct Whole {
    oktui_run: u32,
    began: Timestamp,
    run: u32,
    title: String,
    way: Way,
    result: Ended,
    hops: Vec<HopForm>,
}

#[derive(Deserialize)]
struct Ended {
    verdict: Word,
    #[serde(default)]
    judged_not: String,
    leg: Option<Leg>,
    step: Option<Step>,
    #[serde(default)]
    headline: String,
    #[serde(default)]
    fixes: Vec<String>,
    #[serde(default)]
    left: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Passed,
    Failed,
    Stopped,
    NotEnded,
}

impl Ended {
    fn verdict(&self) -> RunVerdict {
        match self.verdict {
            Word::Passed => RunVerdict::Passed { judged_not: clean_block(&self.judged_not) },
            Word::Failed => RunVerdict::Failed {
                leg: self.leg.unwrap_or(Leg::Unknown),
                step: self.step,
                headline: clean_block(&self.headline),
                fixes: lines(&self.fixes),
            },
            // A run that never ended was stopped from outside.
            Word::Stopped | Word::NotEnded => RunVerdict::Stopped,
        }
    }
}

#[derive(Deserialize)]
struct HopForm {
    number: usize,
    step: Step,
    to: Party,
    title: String,
    verdict: Verdict,
    at_ms: u64,
    took_ms: u64,
    why: Vec<String>,
    #[serde(default)]
    connection: Option<ConnectionForm>,
    #[serde(default)]
    altered: Vec<String>,
    checks: Vec<CheckForm>,
    exchange: Option<ExchangeForm>,
}

#[derive(Deserialize)]
struct ConnectionForm {
    name_us: Option<u64>,
    connect_us: Option<u64>,
    first_byte_us: u64,
    body_us: u64,
    protocol: String,
    certificate: Option<String>,
}

#[derive(Deserialize)]
struct CheckForm {
    name: String,
    verdict: Verdict,
    sentence: String,
    expected: Option<String>,
    actual: Option<String>,
    source: String,
}

#[derive(Deserialize)]
struct ExchangeForm {
    method: String,
    url: String,
    status: Option<u16>,
    request_headers: Vec<(String, String)>,
    request_body: String,
    response_headers: Vec<(String, String)>,
    response_body: String,
    response_bytes: usize,
    trouble: Option<String>,
    sent: Vec<ParameterForm>,
    received: Vec<ParameterForm>,
}

#[derive(Deserialize)]
struct ParameterForm {
    place: Place,
    name: String,
    value: String,
    meaning: String,
}

fn lines(list: &[String]) -> Vec<String> {
    list.iter().map(|line| clean_block(line)).collect()
}

fn hop(form: HopForm) -> Hop {
    let check = |form: CheckForm| Check {
        name: clean_block(&form.name),
        verdict: form.verdict,
        expected: form.expected.as_deref().map(text),
        actual: form.actual.as_deref().map(text),
        sentence: clean_block(&form.sentence),
        source: clean_block(&form.source).into(),
    };
    Hop {
        number: form.number,
        to: form.to,
        step: form.step,
        title: text(&form.title),
        verdict: form.verdict,
        exchange: form.exchange.map(exchange),
        checks: form.checks.into_iter().map(check).collect(),
        why: lines(&form.why),
        connection: form.connection.map(|form| Connection {
            name_us: form.name_us,
            connect_us: form.connect_us,
            first_byte_us: form.first_byte_us,
            body_us: form.body_us,
            protocol: Clean::new(&form.protocol),
            certificate: form.certificate.as_deref().map(Clean::new),
        }),
        altered: lines(&form.altered),
        at_ms: form.at_ms,
        took_ms: form.took_ms,
    }
}

fn exchange(form: ExchangeForm) -> Exchange {
    let headers = |list: Vec<(String, String)>| {
        list.iter().map(|(name, value)| (Clean::new(name), text(value))).collect()
    };
    let parameters = |list: Vec<ParameterForm>| {
        list.into_iter()
            .map(|p| Parameter {
                place: p.place,
                name: Clean::new(&p.name),
                value: text(&p.value),
                meaning: clean_block(&p.meaning).into(),
            })
            .collect()
    };
    Exchange {
        method: clean_block(&form.method),
        url: text(&form.url),
        request_headers: headers(form.request_headers),
        request_body: text(&form.request_body),
        status: form.status,
        response_headers: headers(form.response_headers),
        response_body: text(&form.response_body),
        response_bytes: form.response_bytes,
        trouble: form.trouble.as_deref().map(Clean::new),
        sent: parameters(form.sent),
        received: parameters(form.received),
    }
}

/// A text with its tags as holes.
fn text(written: &str) -> Text {
    const BEGINS: &str = "masked-";
    let (mut pieces, mut plain, mut rest) = (Vec::new(), String::new(), written);
    while let Some((before, after)) = rest.split_once(BEGINS) {
        plain.push_str(before);
        match tag(after) {
            Some((hole, more)) => {
                if !plain.is_empty() {
                    pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                }
                pieces.push(Piece::Hole(hole));
                rest = more;
            }
            None => {
                plain.push_str(BEGINS);
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        pieces.push(Piece::Plain(plain));
    }
    Text::of(pieces)
}

/// The hole of a tag after its first word, and what follows: `authorization-code-1-of-43-characters`.
fn tag(after: &str) -> Option<(Hole, &str)> {
    let (kind, rest) = SecretKind::ALL.iter().find_map(|kind| {
        Some((*kind, after.strip_prefix(&kind.words().replace(' ', "-"))?.strip_prefix('-')?))
    })?;
    let (number, rest) = digits(rest)?;
    let (chars, rest) = digits(rest.strip_prefix("-of-")?)?;
    let rest = rest.strip_prefix("-characters")?;
    let id = HoleId(u32::try_from(number.checked_sub(1)?).ok()?);
    Some((Hole { id, kind, chars, fingerprint: None, gone: true }, rest))
}

fn digits(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, rest))
}
