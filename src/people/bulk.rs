//! A list of people as a file or a paste gives it: CSV, or one on each line; by login, e-mail address or id.
//!
//! CSV is RFC 4180 with what people's tools make of it: `,` `;` or tab between the cells, any line end, quotes or none, a header or
//! none. Nothing is guessed silently: [`List::form`] and [`List::notes`] say what was seen.

use crate::text::{Clean, plural};
use csv::{ByteRecord, ReaderBuilder};
use std::collections::HashMap;
use std::io::Read;

/// The largest list that is read, in bytes.
pub const LARGEST: usize = 32 * 1024 * 1024;
/// The longest cell, in bytes. Okta's logins have at most 100 characters; other columns may say more.
const LONGEST_CELL: usize = 64 * 1024;
/// The most rows. A larger list belongs into a group rule.
const MOST_ROWS: usize = 250_000;
/// How many rows are looked at to find the delimiter and the column.
const SAMPLE: usize = 100;
/// Closes the text for the CSV reader. If it is not read as a row of its own, a quote before it was never closed. (U+0001 stands in no
/// text that passed [`encoding`].)
const END: &[u8] = b"\n\x01end\n";

/// A list as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Its rows, in order; those without anybody are left out.
    pub entries: Vec<Entry>,
    /// What was seen of the form: `comma-separated, column "login", UTF-8 with a byte-order mark`.
    pub form: String,
    /// What was passed over.
    pub notes: Vec<String>,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its line, from 1.
    pub line: u64,
    /// The login, e-mail address or id.
    pub asked: Clean,
    /// The line on which the same stood first.
    pub repeats: Option<u64>,
}

/// Why something is not taken for a list of people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody stands in it.
    #[error(
        "nobody is in this list: one login, e-mail address or id on each line, or CSV with a column of them"
    )]
    Empty,
    /// A spreadsheet's own file, or another with a well-known beginning.
    #[error("this is {0}, not a list in text: save it as CSV in UTF-8")]
    Document(&'static str),
    /// Not text at all.
    #[error("this is not text: a list is CSV in UTF-8, or one login on each line")]
    Binary,
    /// UTF-16, as some Windows programs save.
    #[error("this is UTF-16 text: save it as UTF-8 (in Excel: \"CSV UTF-8\")")]
    Utf16,
    /// An older encoding.
    #[error(
        "line {line} is not UTF-8, probably Latin-1 or Windows-1252: save it as UTF-8 (in Excel: \"CSV UTF-8\")"
    )]
    NotUtf8 {
        /// The first such line.
        line: u64,
    },
    /// More than [`LARGEST`].
    #[error("this is larger than 32 MiB: split it, or use a group")]
    TooLarge,
    /// Too many rows.
    #[error("this has more than {MOST_ROWS} rows: split it, or use a group")]
    TooMany,
    /// A cell longer than 64 KiB.
    #[error("line {line} has a cell of {bytes} bytes: that is no login; a quote may be missing")]
    TooLong {
        /// The line.
        line: u64,
        /// How long the cell is.
        bytes: usize,
    },
    /// A quote that is never closed hides the rows after it.
    #[error(
        "the quote that opens on line {line} is not closed where it should be, so the rows after it cannot be read"
    )]
    OpenQuote {
        /// The line.
        line: u64,
    },
    /// Several columns, none of which is known or looks like logins.
    #[error(
        "no column holds logins, e-mail addresses or ids (there are: {columns}): name one of them \"login\" in the first line"
    )]
    NoColumn {
        /// The cells of the first row.
        columns: String,
    },
}

/// Names of columns that say whom a row means, the surest first.
const NAMES: [&str; 17] = [
    "login",
    "userlogin",
    "oktalogin",
    "username",
    "oktausername",
    "userprincipalname",
    "upn",
    "user",
    "email",
    "emailaddress",
    "useremail",
    "primaryemail",
    "mail",
    "id",
    "userid",
    "oktaid",
    "oktauserid",
];

/// Reads a list.
///
/// # Errors
/// A [`Refusal`] says what it is instead. Rows that mean nobody are no error: they are found out when they are looked up.
pub fn parse(bytes: &[u8]) -> Result<List, Refusal> {
    let (body, mark) = encoding(bytes)?;
    let delimiter = delimiter(body);
    let rows = rows(body, delimiter)?;
    let mut form = vec![
        match delimiter {
            Some(b',') => "comma-separated",
            Some(b';') => "semicolon-separated",
            Some(_) => "tab-separated",
            None => "one on each line",
        }
        .to_owned(),
    ];
    let mut notes = Vec::new();
    let found = match column(&rows)? {
        Column::OneLine => {
            form.push("all in one line".into());
            rows.iter().flat_map(|r| r.cells.iter().map(|cell| (r.line, cell.as_str()))).collect()
        }
        Column::At { index, header } => {
            if let Some(names) = &header {
                form.push(format!("column \"{}\"", names.get(index).map_or("", Clean::as_str)));
                let others = names.iter().enumerate().filter(|(i, n)| *i != index && !n.as_str().is_empty());
                let others: Vec<&str> = others.map(|(_, n)| n.as_str()).collect();
                if !others.is_empty() {
                    notes.push(format!("Columns passed over: {}.", others.join(", ")));
                }
            } else if delimiter.is_some() {
                form.push(format!("column {}, no header", index + 1));
            }
            let skip = usize::from(header.is_some());
            let mut empty = Vec::new();
            let mut found = Vec::with_capacity(rows.len());
            for row in rows.iter().skip(skip) {
                match row.cells.get(index).map(String::as_str) {
                    Some(cell) if !cell.is_empty() => found.push((row.line, cell)),
                    _ => empty.push(row.line),
                }
            }
            if let Some(first) = empty.first() {
                let many = plural(empty.len(), "row");
                notes.push(format!(
                    "Passed over {many} with nothing in that column, the first on line {first}."
                ));
            }
            found
        }
    };
    form.push(if mark { "UTF-8 with a byte-order mark" } else { "UTF-8" }.into());
    let entries = entries(found)?;
    if entries.is_empty() {
        return Err(Refusal::Empty);
    }
    Ok(List { entries, form: form.join(", "), notes })
}

/// The text without its byte-order mark, and whether it had one.
fn encoding(bytes: &[u8]) -> Result<(&[u8], bool), Refusal> {
    if bytes.len() > LARGEST {
        return Err(Refusal::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Refusal::Utf16);
    }
    let beginnings: [(&[u8], &str); 4] = [
        (b"PK\x03\x04", "a spreadsheet (.xlsx, .ods) or another zip file"),
        (b"\xd0\xcf\x11\xe0", "an old Office file (.xls)"),
        (b"%PDF", "a PDF"),
        (b"{\\rtf", "rich text"),
    ];
    if let Some((_, what)) = beginnings.iter().find(|(head, _)| bytes.starts_with(head)) {
        return Err(Refusal::Document(what));
    }
    let nul = bytes.iter().filter(|b| **b == 0).count();
    if nul > 0 {
        // Ascii in UTF-16 has a zero in every second byte.
        let every_second = |odd: usize| bytes.iter().skip(odd).step_by(2).all(|b| *b == 0);
        let utf16 = bytes.len().is_multiple_of(2) && (every_second(0) || every_second(1));
        return Err(if utf16 { Refusal::Utf16 } else { Refusal::Binary });
    }
    if bytes.iter().any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)) {
        return Err(Refusal::Binary);
    }
    let (body, mark) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(body) => (body, true),
        None => (bytes, false),
    };
    match std::str::from_utf8(body) {
        Ok(_) => Ok((body, mark)),
        Err(e) => {
            let mut line = LineCounter::new(body);
            Err(Refusal::NotUtf8 { line: line.at(e.valid_up_to()) })
        }
    }
}

/// What separates the cells: what stands, outside quotes, equally often on the most of the first lines.
fn delimiter(body: &[u8]) -> Option<u8> {
    let lines: Vec<&[u8]> = body
        .split(|b| matches!(b, b'\n' | b'\r'))
        .map(<[u8]>::trim_ascii_start)
        .filter(|l| !l.is_empty() && !l.starts_with(b"#"))
        .take(SAMPLE)
        .collect();
    let score = |candidate: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| outside_quotes(line, candidate)).collect();
        let first = counts.first().copied().filter(|n| *n > 0)?;
        Some((counts.iter().filter(|n| **n == first).count(), first, candidate))
    };
    // Of two that do equally well the first of this list wins: a login may hold no comma, but a name may hold a semicolon.
    let mut best: Option<(usize, usize, u8)> = None;
    for found in [b'\t', b',', b';'].into_iter().filter_map(score) {
        if best.is_none_or(|b| (found.0, found.1) > (b.0, b.1)) {
            best = Some(found);
        }
    }
    best.map(|(.., candidate)| candidate)
}

fn outside_quotes(line: &[u8], wanted: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for b in line {
        match *b {
            b'"' => quoted = !quoted,
            b if b == wanted && !quoted => count += 1,
            _ => {}
        }
    }
    count
}

struct Line {
    line: u64,
    cells: Vec<String>,
}

/// All rows that are neither blank nor comments.
fn rows(body: &[u8], delimiter: Option<u8>) -> Result<Vec<Line>, Refusal> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        // Without a delimiter a row is one cell: U+0000 stands in no text that passed `encoding`.
        .delimiter(delimiter.unwrap_or(0))
        .from_reader(body.chain(END));
    let mut counter = LineCounter::new(body);
    let mut rows: Vec<Line> = Vec::new();
    let mut record = ByteRecord::new();
    let mut last = 1;
    while matches!(reader.read_byte_record(&mut record), Ok(true)) {
        let start = record.position().map_or(0, csv::Position::byte);
        if record.len() == 1 && record.get(0) == Some(b"\x01end") {
            return Ok(rows);
        }
        let line = counter.row_at(usize::try_from(start).unwrap_or(usize::MAX));
        last = line;
        if let Some(bytes) = record.iter().map(<[u8]>::len).find(|n| *n > LONGEST_CELL) {
            return Err(Refusal::TooLong { line, bytes });
        }
        let cells: Vec<String> =
            record.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) || is_comment(&cells, delimiter, rows.is_empty()) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            return Err(Refusal::TooMany);
        }
        rows.push(Line { line, cells });
    }
    Err(Refusal::OpenQuote { line: last })
}

/// `# …` anywhere in plain lines, and above the header of a CSV; further down it may be a cell like any other.
fn is_comment(cells: &[String], delimiter: Option<u8>, at_top: bool) -> bool {
    cells.first().is_some_and(|first| match delimiter {
        None => first.starts_with('#'),
        Some(_) => at_top && first.len() > 1 && first.starts_with('#'),
    })
}

enum Column {
    /// One line of addresses, as a mail program copies them.
    OneLine,
    At {
        index: usize,
        header: Option<Vec<Clean>>,
    },
}

/// Which column says whom a row means.
fn column(rows: &[Line]) -> Result<Column, Refusal> {
    let Some(first) = rows.first() else { return Err(Refusal::Empty) };
    let names: Vec<String> = first.cells.iter().map(|c| plain_name(c)).collect();
    let known = NAMES.iter().find_map(|known| names.iter().position(|n| n == known));
    let header = || Some(first.cells.iter().map(|c| Clean::new(c)).collect());
    if let Some(index) = known {
        return Ok(Column::At { index, header: header() });
    }
    let width = first.cells.len();
    if width == 1 {
        return Ok(Column::At { index: 0, header: None });
    }
    let filled = first.cells.iter().filter(|c| !c.is_empty());
    if rows.len() == 1 && filled.clone().all(|c| looks_like_somebody(c)) && !repeats(filled) {
        return Ok(Column::OneLine);
    }
    // A first row without anybody in it, above rows with somebody, is a header in words that are not known here.
    let nobody = !first.cells.iter().any(|c| looks_like_somebody(c));
    let skip = usize::from(nobody && rows.len() > 1);
    let sample: Vec<&Line> = rows.iter().skip(skip).take(SAMPLE).collect();
    let likely = |index: usize| {
        let hits =
            sample.iter().filter(|r| r.cells.get(index).is_some_and(|c| looks_like_somebody(c))).count();
        (hits * 2 > sample.len()).then_some((hits, index))
    };
    // Of columns that do equally well the first: logins stand before addresses in most exports.
    let best = (0..width).filter_map(likely).reduce(|a, b| if b.0 > a.0 { b } else { a });
    match best {
        Some((_, index)) => Ok(Column::At { index, header: if skip == 1 { header() } else { None } }),
        None => {
            let shown: Vec<String> = first.cells.iter().take(8).map(|c| short(c)).collect();
            Err(Refusal::NoColumn { columns: shown.join(", ") })
        }
    }
}

fn short(cell: &str) -> String {
    let clean = Clean::new(cell);
    let text: String = clean.as_str().chars().take(30).collect();
    if text.len() < clean.as_str().len() { format!("{text}…") } else { text }
}

fn repeats<'a>(cells: impl Iterator<Item = &'a String>) -> bool {
    let mut seen = std::collections::HashSet::new();
    !cells.into_iter().all(|c| seen.insert(c.to_lowercase()))
}

/// `User Login`, `user_login` and `profile.login` are one name each: `userlogin`, `userlogin` and `login`.
fn plain_name(cell: &str) -> String {
    let cell = cell.strip_prefix("profile.").unwrap_or(cell);
    cell.chars().filter(|c| !c.is_whitespace() && !"_-.".contains(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether this can only be an e-mail address (or a login in the form of one) or a person's id.
fn looks_like_somebody(cell: &str) -> bool {
    is_id(cell) || address(cell).is_some()
}

/// The id of a person, as Okta makes them: `00u` and 17 more letters and digits.
pub fn is_id(text: &str) -> bool {
    text.len() == 20 && text.starts_with("00u") && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The address in `ada@example.com`, `Ada Lovelace <ada@example.com>` or `"Lovelace, Ada" <ada@example.com>`.
fn address(cell: &str) -> Option<&str> {
    let inner = match cell.strip_suffix('>').and_then(|c| c.rsplit_once('<')) {
        Some((_, inner)) => inner.trim(),
        None => cell,
    };
    let (local, domain) = inner.rsplit_once('@')?;
    let good = !local.is_empty() && !domain.is_empty() && !inner.chars().any(char::is_whitespace);
    good.then_some(inner)
}

/// What makes two rows the same: Okta's logins and addresses are compared without regard to case, ids are not.
pub(super) fn key(asked: &str) -> String {
    if is_id(asked) { asked.to_owned() } else { asked.to_lowercase() }
}

fn entries(found: Vec<(u64, &str)>) -> Result<Vec<Entry>, Refusal> {
    let mut seen: HashMap<String, u64> = HashMap::with_capacity(found.len());
    let mut entries = Vec::with_capacity(found.len());
    for (line, cell) in found.into_iter().filter(|(_, cell)| !cell.is_empty()) {
        if cell.contains(['\n', '\r']) {
            return Err(Refusal::OpenQuote { line });
        }
        let asked = address(cell).unwrap_or(cell);
        let repeats = match seen.entry(key(asked)) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(line);
                None
            }
        };
        entries.push(Entry { line, asked: Clean::new(asked), repeats });
    }
    Ok(entries)
}

/// Counts lines up to a byte, going forward only. `\r\n`, `\n` and `\r` end a line alike, which the CSV reader's own count does not know.
struct LineCounter<'a> {
    body: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0, line: 1 }
    }

    fn at(&mut self, byte: usize) -> u64 {
        while self.at < byte && self.step() {}
        self.line
    }

    /// The line of the row that the CSV reader began to look for at this byte: it passes over line ends before it.
    fn row_at(&mut self, byte: usize) -> u64 {
        self.at(byte);
        while matches!(self.body.get(self.at), Some(b'\n' | b'\r')) && self.step() {}
        self.line
    }

    fn step(&mut self) -> bool {
        let Some(b) = self.body.get(self.at) else { return false };
        self.at += 1;
        let ends = match b {
            b'\n' => true,
            b'\r' => self.body.get(self.at) != Some(&b'\n'),
            _ => false,
        };
        self.line += u64::from(ends);
        true
    }
}

#[cfg(test)]
#[path = "bulk_tests.rs"]
mod tests;
