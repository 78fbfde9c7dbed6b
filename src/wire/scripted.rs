//! A server on loopback that answers as a test tells it, faults included. For the tests of this crate only.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `GET /path HTTP/1.1`.
    pub(crate) line: String,
    /// The header lines.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The first header of that name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// These bytes, then it closes.
    Bytes(Vec<u8>),
    /// A head without its blank line and a body.
    Whole(String, String),
    /// It resets the connection.
    Reset,
    /// It never answers.
    Silence,
}

impl Reply {
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::Whole(format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"), body.into())
    }

    pub(crate) fn html(status: u16, body: impl Into<String>) -> Self {
        Self::Whole(format!("HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\n"), body.into())
    }

    pub(crate) fn header(self, name: &str, value: impl std::fmt::Display) -> Self {
        match self {
            Self::Whole(head, body) => Self::Whole(format!("{head}{name}: {value}\r\n"), body),
            other => other,
        }
    }

    /// So many bytes, their length told beforehand or not.
    pub(crate) fn large(bytes: usize, told: bool) -> Self {
        let length = if told { format!("Content-Length: {bytes}\r\n") } else { String::new() };
        let mut all = format!("HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n").into_bytes();
        all.resize(all.len() + bytes, b'x');
        Self::Bytes(all)
    }

    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Whole(head, body) => {
                format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
                    .into_bytes()
            }
            Self::Reset | Self::Silence => Vec::new(),
        }
    }
}

type Script = dyn Fn(usize, &Seen) -> Reply + Send + Sync;

/// The server. It stops when it is dropped.
pub(crate) struct Scripted {
    origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Scripted {
    /// Starts one. `script` gets the number of the request, from 0, and the request.
    pub(crate) async fn start(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&script)));
            }
        });
        Self { origin, seen, task }
    }

    /// `http://127.0.0.1:port`.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Seen>>>, script: Arc<Script>) {
    let Some(seen) = read(&mut stream).await else { return };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    match script(number, &seen) {
        Reply::Reset => {
            let _ = stream.set_zero_linger();
        }
        Reply::Silence => {
            // Until the other side gives up.
            let _ = stream.read(&mut [0; 1]).await;
        }
        reply => {
            let _ = stream.write_all(&reply.bytes()).await;
            let _ = stream.shutdown().await;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut all = Vec::new();
    let end = loop {
        if let Some(at) = all.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut all).await.ok()? == 0 {
            return None;
        }
        // A TLS handshake (RFC 8446 §5.1: content type 22) is answered by the script in the clear.
        if all.first() == Some(&22) {
            return Some(Seen { line: "TLS".into(), headers: Vec::new(), body: Vec::new() });
        }
    };
    let head = String::from_utf8_lossy(&all[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.trim().to_ascii_lowercase(), v.trim().to_owned()))
        .collect();
    let mut seen = Seen { line, headers, body: all[end + 4..].to_vec() };
    let length = seen.header("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(seen)
}
