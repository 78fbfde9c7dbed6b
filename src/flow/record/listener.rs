//! Waits on this machine for the answer to a redirect URI that is on this machine (RFC 8252 §7.3).
//!
//! It listens at the port of the redirect URI, at both addresses of this machine, and answers once. `state` comes first: an answer
//! with another one is refused, and the waiting goes on. What is answered loads nothing and tells nobody where it came from.

use crate::flow::trace::lift;
use crate::secret::Secret;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use url::{Host, Url};

/// A request's head may have so many bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// How long a browser may take to send it.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at one time; browsers open a few beforehand.
const MOST_CONNECTIONS: usize = 16;

/// A listener for one answer. Nothing listens any more when it is dropped.
pub struct Listener {
    sockets: Vec<TcpListener>,
    origin: String,
    path: String,
    /// The port that it listens at.
    pub port: u16,
}

impl Listener {
    /// Listens where `redirect_uri` leads; `None` when it does not lead to a port of this machine over plain http.
    ///
    /// # Errors
    /// The port cannot be had, in the system's words.
    pub async fn at(redirect_uri: &str) -> Option<Result<Self, String>> {
        let url = Url::parse(redirect_uri).ok().filter(|url| url.scheme() == "http")?;
        let port = url.port_or_known_default()?;
        let (v4, v6) = match url.host()? {
            Host::Ipv4(ip) if ip.is_loopback() => (Some(ip), None),
            Host::Ipv6(ip) if ip.is_loopback() => (None, Some(ip)),
            Host::Domain("localhost") => (Some(Ipv4Addr::LOCALHOST), Some(Ipv6Addr::LOCALHOST)),
            _ => return None,
        };
        let wanted = v4.map(|ip| SocketAddr::from((ip, port))).into_iter();
        let (mut sockets, mut trouble) = (Vec::new(), String::new());
        for address in wanted.chain(v6.map(|ip| SocketAddr::from((ip, port)))) {
            match TcpListener::bind(address).await {
                Ok(socket) => sockets.push(socket),
                Err(e) => trouble = format!("{address}: {e}"),
            }
        }
        if sockets.is_empty() {
            return Some(Err(trouble));
        }
        let origin = url.origin().ascii_serialization();
        Some(Ok(Self { sockets, origin, path: url.path().to_owned(), port }))
    }

    /// The address that a browser was sent to, with `state` in it. Pending until there is one.
    pub async fn answer(&self, state: &Secret) -> Secret {
        let (found, mut answers) = mpsc::channel(1);
        let mut serving = JoinSet::new();
        loop {
            tokio::select! {
                Some(target) = answers.recv() => {
                    // The page that says so may still be on its way.
                    let _ = tokio::time::timeout(PATIENCE, async { while serving.join_next().await.is_some() {} }).await;
                    return target;
                }
                Some(_) = serving.join_next(), if !serving.is_empty() => {}
                stream = self.accept(), if serving.len() < MOST_CONNECTIONS => {
                    let (origin, path) = (self.origin.clone(), self.path.clone());
                    let (state, found) = (state.clone(), found.clone());
                    serving.spawn(async move {
                        let serve = serve(stream, &origin, &path, &state, &found);
                        let _ = tokio::time::timeout(PATIENCE, serve).await;
                    });
                }
            }
        }
    }

    async fn accept(&self) -> TcpStream {
        loop {
            let accepted = match &self.sockets[..] {
                [one, other, ..] => tokio::select! {
                    accepted = one.accept() => accepted,
                    accepted = other.accept() => accepted,
                },
                [one] => one.accept().await,
                [] => std::future::pending().await,
            };
            match accepted {
                Ok((stream, _)) => return stream,
                // Out of descriptors: they come back when a connection ends.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn serve(
    mut stream: TcpStream,
    origin: &str,
    path: &str,
    state: &Secret,
    found: &mpsc::Sender<Secret>,
) {
    let Some(target) = target(&mut stream).await else { return };
    let asked = target.split(['?', '#']).next().unwrap_or_default();
    let (status, words) = if asked != path {
        ("404 Not Found", "There is nothing here.")
    } else if lift::pairs(&target)
        .iter()
        .any(|(name, value)| name == "state" && Secret::new(value.as_str()) == *state)
    {
        match found.try_send(Secret::new(format!("{origin}{target}"))) {
            Ok(()) => ("200 OK", "oktui has the answer. Close this page and go back to the terminal."),
            Err(_) => ("410 Gone", "oktui has an answer already."),
        }
    } else {
        (
            "400 Bad Request",
            "This is no answer to what oktui asked: its state is another one. oktui goes on waiting.",
        )
    };
    let body = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>oktui</title><p>{words}</p></html>\n"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
         Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\nX-Content-Type-Options: nosniff\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// The target of a GET request, such as `/cb?code=1`; `None` for anything else.
async fn target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.lines().next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    (method == "GET" && target.starts_with('/')).then(|| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn free_port() -> u16 {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap().port()
    }

    #[tokio::test]
    async fn one_answer_with_the_right_state_is_taken() {
        let port = free_port().await;
        let uri = format!("http://localhost:{port}/cb");
        let listener = Listener::at(&uri).await.unwrap().unwrap();
        let state = Secret::new("right");
        let asking = async {
            // A browser that connects beforehand and says nothing holds nobody up.
            let idle = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
            assert!(get(port, "/favicon.ico").await.starts_with("HTTP/1.1 404"));
            assert!(get(port, "/cb?code=stolen&state=wrong").await.starts_with("HTTP/1.1 400"));
            assert!(get(port, "/cb?code=none").await.starts_with("HTTP/1.1 400"));
            let good = get(port, "/cb?code=c&state=right").await;
            drop(idle);
            good
        };
        let (answer, page) = tokio::join!(listener.answer(&state), asking);
        assert_eq!(answer.expose(), format!("http://localhost:{port}/cb?code=c&state=right"));
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("Referrer-Policy: no-referrer"), "{page}");
        assert!(!page.contains("code=c"), "nothing of it is repeated");
        drop(listener);
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err(), "nothing is left listening");
    }

    #[tokio::test]
    async fn only_a_port_of_this_machine_is_listened_at() {
        for uri in [
            "https://127.0.0.1:8443/cb",
            "http://gateway.example/cb",
            "https://gateway.example/cb",
            "myapp:/cb",
            "",
        ] {
            assert!(Listener::at(uri).await.is_none(), "{uri}");
        }
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let refused = Listener::at(&format!("http://127.0.0.1:{port}/cb")).await.unwrap();
        assert!(refused.is_err_and(|trouble| trouble.contains(&port.to_string())));
    }
}
