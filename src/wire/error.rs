//! Why an exchange failed, told apart by looking through the chain of causes.

use crate::text::Clean;
use std::error::Error;
use std::io;

/// A failed exchange. The address is not in it, since addresses carry codes and tokens; only the host is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host}: {}: {detail}", kind.words())]
pub struct WireError {
    /// What kind of trouble.
    pub kind: WireKind,
    /// Host, and port where one was given.
    pub host: String,
    /// What the system said, cleaned.
    pub detail: String,
    /// False only if it is certain that nothing of the request left: name, connection, TLS, not allowed.
    pub maybe_sent: bool,
}

/// Kinds of trouble below HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireKind {
    /// The name could not be resolved.
    Name,
    /// No connection: refused, unreachable, or the proxy would not connect.
    Connect,
    /// The TLS handshake failed, or no certificate store could be read.
    Tls,
    /// No connection or no whole answer in time.
    Timeout,
    /// The connection broke before the answer was whole.
    Closed,
    /// The answer is larger than [`super::Options::max_body`].
    TooLarge,
    /// The address is not one that anything is sent to.
    NotAllowed,
    /// Anything else.
    Other,
}

impl WireKind {
    /// In words, as a sentence's middle.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "the name cannot be resolved",
            Self::Connect => "no connection",
            Self::Tls => "TLS failed",
            Self::Timeout => "no answer in time",
            Self::Closed => "the connection broke",
            Self::TooLarge => "the answer is too large",
            Self::NotAllowed => "not an address to send to",
            Self::Other => "the request failed",
        }
    }
}

/// The library's error as ours. `secure` tells whether TLS was to be spoken.
pub(super) fn classify(e: reqwest::Error, host: &str, secure: bool) -> WireError {
    let e = e.without_url();
    let detail = chain(&e);
    let connecting = e.is_connect();
    let kind = if e.is_timeout() {
        WireKind::Timeout
    } else if connecting {
        // The connector's own words (hyper-util): these three come before TLS, so with https what is left is TLS.
        if detail.contains("dns error") {
            WireKind::Name
        } else if !secure || detail.contains("tcp ") || detail.contains("tunnel") || detail.contains("proxy")
        {
            WireKind::Connect
        } else {
            WireKind::Tls
        }
    } else if e.is_builder() {
        WireKind::NotAllowed
    } else if e.is_body() || e.is_decode() || closed(&e) {
        WireKind::Closed
    } else {
        WireKind::Other
    };
    let maybe_sent = !connecting && kind != WireKind::NotAllowed;
    WireError { kind, host: host.to_owned(), detail, maybe_sent }
}

/// The causes of `e` from the outermost to the innermost, without repeating one, cleaned.
pub(super) fn chain(e: &dyn Error) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = e.source().or(Some(e));
    while let Some(cause) = next {
        let words = cause.to_string();
        match said.last_mut() {
            // An outer error often ends with the words of the inner one.
            Some(last) if last.contains(&words) => {}
            Some(last) if words.contains(last.as_str()) => *last = words,
            // The library's own layer, which says nothing.
            _ if words.starts_with("client error (") && cause.source().is_some() => {}
            _ => said.push(words),
        }
        next = cause.source();
    }
    Clean::new(&said.join(": ")).as_str().to_owned()
}

fn closed(e: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(e);
    while let Some(cause) = next {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            use io::ErrorKind::{
                BrokenPipe, ConnectionAborted, ConnectionReset, NotConnected, UnexpectedEof,
            };
            return matches!(
                io.kind(),
                BrokenPipe | ConnectionAborted | ConnectionReset | NotConnected | UnexpectedEof
            );
        }
        // hyper has no public type for it.
        if cause.to_string().contains("closed before message completed") {
            return true;
        }
        next = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{words}")]
    struct Nested {
        words: &'static str,
        source: Option<Box<Nested>>,
    }

    #[test]
    fn a_chain_says_each_thing_once() {
        let inner = Nested { words: "connection \u{1b}refused", source: None };
        let middle =
            Nested { words: "tcp connect error: connection \u{1b}refused", source: Some(Box::new(inner)) };
        let outer = Nested { words: "error sending request", source: Some(Box::new(middle)) };
        assert_eq!(chain(&outer), "tcp connect error: connection ␛refused");
    }
}
