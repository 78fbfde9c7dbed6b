//! The wire: one HTTP request out, one answer back, for the whole house.
//!
//! Everything that leaves this machine over HTTP leaves through [`Client::send`]; only this room (and the demo org, which has
//! its own server) knows the HTTP library. It follows no redirect, retries nothing, sends nothing in the clear except to this
//! very machine, and reads no more of an answer than it was told to. What a status code or a body means is not its business.
//!
//! What may come in: transport facts (time-outs, proxy, TLS, the size of an answer). What may not: anything Okta, OAuth or MCP.

mod certificate;
mod client;
mod error;
mod meter;
#[cfg(test)]
pub(crate) mod scripted;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use error::{WireError, WireKind};

use crate::text::Clean;
use http::{HeaderMap, Method};
use std::fmt;
use std::time::Duration;

/// How a [`Client`] behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Time for name, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Time for the whole exchange, the last byte of the body included.
    pub total_timeout: Duration,
    /// Bytes of a body, after decompression, beyond which the answer is refused.
    pub max_body: usize,
    /// Whether cookies are kept and sent back (RFC 6265). Each client has a jar of its own.
    pub cookies: bool,
    /// Whether connections are measured, and the server's certificate is kept: see [`Timing`]. For a client whose requests go one after
    /// another.
    pub measured: bool,
    /// `User-Agent` of every request that sets none itself.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            max_body: 8 * 1024 * 1024,
            cookies: false,
            measured: false,
            user_agent: concat!("oktui/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// One request. Its `Debug` shows method, host and header names, never a value: addresses, headers and bodies carry secrets.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute address, as the caller wrote it.
    pub url: String,
    /// The headers. `Host`, `Content-Length` and `Accept-Encoding` are added where they are missing.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Body,
}

/// What a [`Request`] sends.
#[derive(Clone, Default)]
pub enum Body {
    /// Nothing. A POST or PUT then says `Content-Length: 0`.
    #[default]
    Empty,
    /// These bytes; the caller sets `Content-Type`.
    Bytes(Vec<u8>),
    /// One file as `multipart/form-data` (RFC 7578).
    File {
        /// Name of the form field.
        field: String,
        /// File name to tell.
        file_name: String,
        /// Media type of the file, such as `image/png`.
        media_type: String,
        /// The file.
        bytes: Vec<u8>,
    },
}

/// One answer, whole. Its `Debug` shows no header value and no body.
#[derive(Clone)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// The headers as they came.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
    /// When it happened and how long it took.
    pub timing: Timing,
    /// `HTTP/1.1`, `HTTP/2.0`.
    pub protocol: &'static str,
    /// Who issued the server's certificate and until when it is good, where the client keeps that; `None` without TLS.
    pub certificate: Option<Clean>,
}

/// Times of one exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// When the request set out, counted from the client's epoch.
    pub started: Duration,
    /// From then until the answer's headers were here; a new connection is part of it.
    pub first_byte: Duration,
    /// From then until the last byte of the body.
    pub total: Duration,
    /// Of a measured client: the look-up of the name, where one was made.
    pub name: Option<Duration>,
    /// Of a measured client: name, TCP and TLS together, where a connection was made.
    pub connection: Option<Duration>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("host", &client::host_of(&self.url))
            .field("headers", &names)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Bytes(bytes) | Self::File { bytes, .. } => write!(f, "{} bytes", bytes.len()),
        }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}
