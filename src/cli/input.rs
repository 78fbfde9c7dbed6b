//! What comes in: files, the token, the password, a yes. Secrets come from the environment or standard input, never from arguments.

use super::exit::Exit;
use crate::secret::Secret;
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;

/// The longest Setup file that is read, in bytes.
const LONGEST_FILE: u64 = 4 * 1024 * 1024;

/// The longest address that is read, in bytes.
const LONGEST_PASTE: usize = 256 * 1024;

/// A sentence for standard error, and how the command ends.
#[derive(Debug)]
pub struct Refusal {
    /// What happened and what helps.
    pub sentence: String,
    /// How the command ends.
    pub exit: Exit,
}

impl Refusal {
    /// The command line, a file or the environment is not usable as given.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), exit: Exit::Usage }
    }
}

/// Reads a text file, or standard input for `-`.
///
/// # Errors
/// It cannot be read, is not UTF-8, or is larger than 4 MiB.
pub fn file(path: &Path) -> Result<String, Refusal> {
    let shown = crate::text::Clean::new(&path.to_string_lossy());
    let refuse = |e: io::Error| Refusal::usage(format!("{shown} cannot be read: {e}"));
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().take(LONGEST_FILE + 1).read_to_end(&mut bytes).map_err(refuse)?;
    } else {
        std::fs::File::open(path)
            .map_err(refuse)?
            .take(LONGEST_FILE + 1)
            .read_to_end(&mut bytes)
            .map_err(refuse)?;
    }
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(Refusal::usage(format!("{shown} is larger than 4 MiB: that is no Setup file")));
    }
    String::from_utf8(bytes).map_err(|_| Refusal::usage(format!("{shown} is not UTF-8 text")))
}

/// A secret: from the environment, else asked for without echo on a terminal, else the next line of standard input.
///
/// # Errors
/// There is none.
pub fn secret(variable: &str, what: &str) -> Result<Secret, Refusal> {
    if let Some(value) = std::env::var(variable).ok().filter(|v| !v.trim().is_empty()) {
        return Ok(Secret::new(value.trim()));
    }
    let none = || Refusal::usage(format!("no {what}: set {variable}, or give it on standard input"));
    let line = if io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{what}: ")).map_err(|_| none())?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map_err(|_| none())?;
        line
    };
    let secret = Secret::new(line.trim());
    if secret.is_empty() { Err(none()) } else { Ok(secret) }
}

/// The address that a browser ended at, from standard input: lines until it is whole, since terminals and editors break it.
///
/// # Errors
/// Standard input ended before anything came, or never ends.
pub fn pasted() -> Result<Secret, Refusal> {
    let mut text = String::new();
    let mut stdin = io::stdin().lock();
    while !crate::flow::is_whole(&text) {
        let before = text.len();
        stdin
            .read_line(&mut text)
            .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}")))?;
        if text.len() == before && !text.trim().is_empty() {
            break;
        }
        if text.len() == before || text.len() > LONGEST_PASTE {
            return Err(Refusal::usage(
                "no address with code= or error=, and state=, was given on standard input",
            ));
        }
    }
    Ok(Secret::new(text))
}

/// Asks for a line; `None` at the end of standard input.
pub fn line(prompt: &str) -> Option<String> {
    eprint!("{prompt}");
    let _ = io::stderr().flush();
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(read) if read > 0 => Some(line.trim_end_matches(['\r', '\n']).to_owned()),
        _ => None,
    }
}

/// Asks a question whose default is No. Without a terminal the answer is No.
pub fn yes(question: &str) -> bool {
    if !io::stdin().is_terminal() {
        return false;
    }
    eprint!("{question} [y/N] ");
    let _ = io::stderr().flush();
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}

/// Asks for a text to be typed. Without a terminal nothing is.
pub fn typed(prompt: &str) -> String {
    if !io::stdin().is_terminal() {
        return String::new();
    }
    eprint!("{prompt} ");
    let _ = io::stderr().flush();
    let mut line = String::new();
    let _ = io::stdin().lock().read_line(&mut line);
    line.trim().to_owned()
}
