//! A relay between oktui and the demo org that can hang in the middle of a write: before it reaches the org, or after, with the
//! answer lost. The run that waits for it is then dropped, which is what `kill -9` does to it.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use http::Method;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Where the relay hangs. Writes count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hang {
    Never,
    Before(usize),
    After(usize),
}

struct Shared {
    target: String,
    client: reqwest::Client,
    hang: Mutex<Hang>,
    writes: Mutex<usize>,
    hung: watch::Sender<bool>,
    seen: Mutex<Vec<Seen>>,
    /// Requests under way, and the most there ever were.
    at_once: Mutex<(usize, usize)>,
}

/// A request that came through, and its answer's status (0 where it was broken off).
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub status: u16,
}

pub struct Relay {
    pub url: String,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

impl Relay {
    pub async fn start(target: &str) -> Self {
        let shared = Arc::new(Shared {
            target: target.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            hang: Mutex::new(Hang::Never),
            writes: Mutex::new(0),
            hung: watch::Sender::new(false),
            seen: Mutex::default(),
            at_once: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(pass).with_state(shared.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, server }
    }

    /// Hangs from now on as told; the count of writes begins anew.
    pub fn hang(&self, hang: Hang) {
        *self.shared.hang.lock().unwrap() = hang;
        *self.shared.writes.lock().unwrap() = 0;
        self.shared.hung.send_replace(false);
    }

    /// Every request so far, in the order of the answers; the list begins anew.
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }

    /// How many requests were under way together at most.
    pub fn most_at_once(&self) -> usize {
        self.shared.at_once.lock().unwrap().1
    }

    /// Returns when a write hangs.
    pub async fn hung(&self) {
        self.shared.hung.subscribe().wait_for(|hung| *hung).await.unwrap();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let hang = if parts.method == Method::GET {
        Hang::Never
    } else {
        let mut writes = shared.writes.lock().unwrap();
        *writes += 1;
        match *shared.hang.lock().unwrap() {
            hang @ (Hang::Before(n) | Hang::After(n)) if n == *writes => hang,
            _ => Hang::Never,
        }
    };
    if let Hang::Before(_) = hang {
        return forever(&shared).await;
    }
    let url = format!("{}{}", shared.target, parts.uri);
    {
        let mut at_once = shared.at_once.lock().unwrap();
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
    }
    let mut seen = Seen { method: parts.method.clone(), status: 0 };
    // The `Host` header goes along: the demo makes its links from it.
    let answer = shared.client.request(parts.method, url).headers(parts.headers).body(body).send().await;
    shared.at_once.lock().unwrap().0 -= 1;
    seen.status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
    shared.seen.lock().unwrap().push(seen);
    if let Hang::After(_) = hang {
        return forever(&shared).await;
    }
    match answer {
        Ok(answer) => {
            let mut response = Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                if name != "transfer-encoding" {
                    response = response.header(name, value);
                }
            }
            response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
        }
        // What the demo broke off is broken off here as well: axum closes the connection of a handler that panics.
        Err(e) => panic!("the demo broke off: {e}"),
    }
}

async fn forever(shared: &Shared) -> Response {
    shared.hung.send_replace(true);
    std::future::pending().await
}
