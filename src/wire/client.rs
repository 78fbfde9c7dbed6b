//! The client: which address is allowed, which connection is used, and how much of an answer is read.

use super::error::{self, WireError, WireKind};
use super::{Body, Options, Request, Response, Timing, certificate};
use http::Method;
use http::header::{CONTENT_LENGTH, COOKIE};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OnceCell;
use url::{Host, Url};

/// Sends requests. Cheap to make and to clone: the connection pool and the certificates are loaded with the first request that
/// needs them, off the runtime's threads, so a screen can be drawn before.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    options: Options,
    epoch: Instant,
    jar: Option<Arc<reqwest::cookie::Jar>>,
    /// To this machine in the clear: no proxy, no certificates.
    here: OnceCell<reqwest::Client>,
    /// To this machine over TLS: no proxy.
    here_tls: OnceCell<reqwest::Client>,
    /// To everywhere else: TLS only, through the system's proxy if there is one.
    out: OnceCell<reqwest::Client>,
}

#[derive(Clone, Copy, PartialEq)]
enum Road {
    Here,
    HereTls,
    Out,
}

impl Client {
    /// A client whose times count from now.
    ///
    /// # Errors
    /// None today: what can go wrong (no usable certificates) is told by the first request that needs it.
    pub fn new(options: Options) -> Result<Self, WireError> {
        Self::since(options, Instant::now())
    }

    /// A client whose times count from `epoch`, so that those of several clients can be drawn on one scale.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn since(options: Options, epoch: Instant) -> Result<Self, WireError> {
        let jar = options.cookies.then(Arc::default);
        let (here, here_tls, out) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        Ok(Self(Arc::new(Inner { options, epoch, jar, here, here_tls, out })))
    }

    /// Sends `request` once and reads the answer whole. A redirect is an answer like any other; so is an error status.
    ///
    /// # Errors
    /// [`WireError`], whose `maybe_sent` is false only if nothing of the request can have left.
    pub async fn send(&self, request: Request) -> Result<Response, WireError> {
        let host = host_of(&request.url);
        let (url, road) = permitted(&request.url).map_err(|detail| refused(&host, detail))?;
        let client = self.client(road).await.map_err(|e| WireError { host: host.clone(), ..e })?;
        let secure = road != Road::Here;
        let fail = |e: reqwest::Error| error::classify(e, &host, secure);

        let says_length = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let mut built = client.request(request.method, url.clone()).headers(request.headers);
        built = match request.body {
            // The library leaves it out for want of a body, and Okta answers 411 without it.
            Body::Empty if says_length => built.header(CONTENT_LENGTH, 0),
            Body::Empty => built,
            Body::Bytes(bytes) => built.body(bytes),
            Body::File { field, file_name, media_type, bytes } => {
                let part = reqwest::multipart::Part::bytes(bytes).file_name(file_name);
                let part = part.mime_str(&media_type).map_err(fail)?;
                built.multipart(reqwest::multipart::Form::new().part(field, part))
            }
        };

        let begun = Instant::now();
        let started = begun.saturating_duration_since(self.0.epoch);
        let mut answer = match built.send().await {
            Ok(answer) => answer,
            Err(e) => {
                let mut e = fail(e);
                if e.kind == WireKind::Tls {
                    self.name_issuer(&mut e, &url, road).await;
                }
                return Err(e);
            }
        };
        let first_byte = begun.elapsed();
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = self.read(&mut answer, &host, secure).await?;
        Ok(Response { status, headers, body, timing: Timing { started, first_byte, total: begun.elapsed() } })
    }

    async fn read(
        &self,
        answer: &mut reqwest::Response,
        host: &str,
        secure: bool,
    ) -> Result<Vec<u8>, WireError> {
        let max = self.0.options.max_body;
        let too_large = || WireError {
            kind: WireKind::TooLarge,
            host: host.to_owned(),
            detail: format!("more than {} KiB", max / 1024),
            maybe_sent: true,
        };
        if answer.content_length().is_some_and(|length| length > max as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|e| error::classify(e, host, secure))? {
            if body.len().saturating_add(chunk.len()) > max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    async fn client(&self, road: Road) -> Result<&reqwest::Client, WireError> {
        let cell = match road {
            Road::Here => &self.0.here,
            Road::HereTls => &self.0.here_tls,
            Road::Out => &self.0.out,
        };
        cell.get_or_try_init(|| async {
            let inner = Arc::clone(&self.0);
            let built = tokio::task::spawn_blocking(move || inner.builder(road).build()).await;
            let detail = match built {
                Ok(Ok(client)) => return Ok(client),
                Ok(Err(e)) => error::chain(&e),
                Err(e) => e.to_string(),
            };
            // The only thing that can be missing here is a usable certificate store.
            Err(WireError { kind: WireKind::Tls, host: String::new(), detail, maybe_sent: false })
        })
        .await
    }

    /// Adds to a certificate error who signed the certificate: behind an intercepting proxy that is its name.
    async fn name_issuer(&self, e: &mut WireError, url: &Url, road: Road) {
        if !e.detail.contains("certificate") {
            return;
        }
        let inner = Arc::clone(&self.0);
        let built = tokio::task::spawn_blocking(move || {
            inner.builder(road).tls_info(true).tls_danger_accept_invalid_certs(true).build()
        });
        let Ok(Ok(look)) = built.await else { return };
        // A second handshake, only to look at the certificate: no path, no header, no cookie, no token goes with it, and its
        // answer is dropped unread.
        let Ok(root) = url.join("/") else { return };
        let Ok(answer) = look.head(root).header(COOKIE, "").send().await else { return };
        let info = answer.extensions().get::<reqwest::tls::TlsInfo>();
        if let Some(issuer) = info.and_then(|i| i.peer_certificate()).and_then(certificate::issuer) {
            e.detail = format!("{} (the certificate was issued by {issuer})", e.detail);
        }
    }
}

impl Inner {
    fn builder(&self, road: Road) -> reqwest::ClientBuilder {
        let mut builder = reqwest::Client::builder()
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.total_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(self.options.user_agent.clone());
        if let Some(jar) = &self.jar {
            builder = builder.cookie_provider(Arc::clone(jar));
        }
        // Whatever the hosts file says, `localhost` is this machine (RFC 6761 §6.3): plain http goes nowhere else.
        let this_machine =
            [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
        match road {
            Road::Here => builder.no_proxy().resolve_to_addrs("localhost", &this_machine).tls_certs_only([]),
            Road::HereTls => {
                with_named_roots(builder.no_proxy().resolve_to_addrs("localhost", &this_machine))
            }
            Road::Out => with_named_roots(builder.https_only(true)),
        }
    }
}

/// Honours `SSL_CERT_FILE`. On Linux and the BSDs the verifier (rustls-platform-verifier over rustls-native-certs) already
/// reads it, and `SSL_CERT_DIR`, in place of the system's store, as OpenSSL does. On macOS and Windows it asks the system's
/// own verifier and knows no such variable, so the file's certificates are added to it here.
#[cfg(any(target_vendor = "apple", windows))]
fn with_named_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    let Some(path) = std::env::var_os("SSL_CERT_FILE") else { return builder };
    let pem = std::fs::read(path).unwrap_or_default();
    match reqwest::Certificate::from_pem_bundle(&pem) {
        Ok(certificates) => builder.tls_certs_merge(certificates),
        Err(_) => builder,
    }
}

#[cfg(not(any(target_vendor = "apple", windows)))]
fn with_named_roots(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder
}

/// The address and the road to it, or why it is not one that anything is sent to.
fn permitted(raw: &str) -> Result<(Url, Road), &'static str> {
    let url = Url::parse(raw).map_err(|_| "this is not an absolute address")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the address has a user name in it; it would be sent along");
    }
    let here = match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err("the address names no host"),
    };
    match (url.scheme(), here) {
        ("https", false) => Ok((url, Road::Out)),
        ("https", true) => Ok((url, Road::HereTls)),
        ("http", true) => Ok((url, Road::Here)),
        ("http", false) => Err("http without TLS goes to this machine only"),
        _ => Err("only https is spoken here"),
    }
}

fn refused(host: &str, detail: &str) -> WireError {
    WireError {
        kind: WireKind::NotAllowed,
        host: host.to_owned(),
        detail: detail.to_owned(),
        maybe_sent: false,
    }
}

/// Host and port of an address, for messages; the rest of it may be secret.
pub(super) fn host_of(url: &str) -> String {
    let parsed = Url::parse(url).ok();
    let host = parsed.as_ref().and_then(|u| Some((u.host_str()?, u.port())));
    match host {
        Some((host, Some(port))) => format!("{host}:{port}"),
        Some((host, None)) => host.to_owned(),
        None => "no host".to_owned(),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Client").field(&self.0.options).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::scripted::{Reply, Scripted};
    use super::*;
    use http::HeaderMap;
    use std::time::Duration;

    fn get(url: &str) -> Request {
        Request { method: Method::GET, url: url.into(), headers: HeaderMap::new(), body: Body::Empty }
    }

    fn client(change: impl FnOnce(&mut Options)) -> Client {
        let mut options = Options::default();
        change(&mut options);
        Client::new(options).unwrap()
    }

    #[tokio::test]
    async fn an_answer_comes_back_whole_with_its_times() {
        let server = Scripted::start(|_, _| Reply::json(201, r#"{"a":1}"#).header("X-One", "1")).await;
        let answer = client(|_| {}).send(get(&server.url("/x?y=1"))).await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (201, br#"{"a":1}"#.as_slice()));
        assert_eq!(answer.headers["x-one"], "1");
        assert!(answer.timing.first_byte <= answer.timing.total && answer.timing.total > Duration::ZERO);
        let seen = server.seen();
        assert_eq!(seen[0].line, "GET /x?y=1 HTTP/1.1");
        assert_eq!(seen[0].header("user-agent"), Some(concat!("oktui/", env!("CARGO_PKG_VERSION"))));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let server = Scripted::start(|_, _| Reply::json(302, "").header("Location", "/elsewhere")).await;
        assert_eq!(client(|_| {}).send(get(&server.url("/"))).await.unwrap().status, 302);
        assert_eq!(server.seen().len(), 1);
    }

    #[tokio::test]
    async fn a_post_without_a_body_says_its_length() {
        let server = Scripted::start(|_, _| Reply::json(200, "{}")).await;
        let request = Request { method: Method::POST, ..get(&server.url("/")) };
        client(|_| {}).send(request).await.unwrap();
        assert_eq!(server.seen()[0].header("content-length"), Some("0"));
    }

    #[tokio::test]
    async fn a_file_goes_as_multipart() {
        let server = Scripted::start(|_, _| Reply::json(201, "")).await;
        let body = Body::File {
            field: "file".into(),
            file_name: "l.png".into(),
            media_type: "image/png".into(),
            bytes: b"PNG".to_vec(),
        };
        client(|_| {})
            .send(Request { method: Method::POST, body, ..get(&server.url("/logo")) })
            .await
            .unwrap();
        let seen = server.seen();
        assert!(seen[0].header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
        let text = String::from_utf8_lossy(&seen[0].body).into_owned();
        assert!(
            text.contains("name=\"file\"; filename=\"l.png\"") && text.contains("Content-Type: image/png"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_large_body_is_refused_told_or_not() {
        for told in [true, false] {
            let server = Scripted::start(move |_, _| Reply::large(10 * 1024 * 1024, told)).await;
            let e = client(|_| {}).send(get(&server.url("/"))).await.unwrap_err();
            assert_eq!((e.kind, e.maybe_sent), (WireKind::TooLarge, true));
        }
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_a_closed_connection() {
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":";
        let server = Scripted::start(move |_, _| Reply::raw(cut)).await;
        assert_eq!(client(|_| {}).send(get(&server.url("/"))).await.unwrap_err().kind, WireKind::Closed);
        let server = Scripted::start(|_, _| Reply::raw("")).await;
        let e = client(|_| {}).send(get(&server.url("/"))).await.unwrap_err();
        assert_eq!((e.kind, e.maybe_sent), (WireKind::Closed, true));
        let server = Scripted::start(|_, _| Reply::Reset).await;
        assert_eq!(client(|_| {}).send(get(&server.url("/"))).await.unwrap_err().kind, WireKind::Closed);
    }

    #[tokio::test]
    async fn silence_ends_in_a_time_out() {
        let server = Scripted::start(|_, _| Reply::Silence).await;
        let quick = client(|o| o.total_timeout = Duration::from_millis(80));
        let e = quick.send(get(&server.url("/"))).await.unwrap_err();
        assert_eq!((e.kind, e.maybe_sent), (WireKind::Timeout, true));
    }

    #[tokio::test]
    async fn nobody_there_and_no_such_name() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let e = client(|_| {}).send(get(&format!("http://{free}/"))).await.unwrap_err();
        assert_eq!((e.kind, e.maybe_sent, e.host), (WireKind::Connect, false, free.to_string()));
    }

    #[tokio::test]
    async fn a_server_that_speaks_no_tls_is_told_as_tls() {
        let server = Scripted::start(|_, _| Reply::json(200, "{}")).await;
        let e = client(|_| {}).send(get(&server.url("/").replace("http://", "https://"))).await.unwrap_err();
        assert_eq!((e.kind, e.maybe_sent), (WireKind::Tls, false), "{e}");
    }

    #[tokio::test]
    async fn nothing_leaves_in_the_clear() {
        let c = client(|_| {});
        for url in [
            "http://acme.okta.com/",
            "http://192.0.2.1/",
            "http://localhost.example/",
            "ftp://127.0.0.1/",
            "x",
            "http://u:p@127.0.0.1/",
        ] {
            let e = c.send(get(url)).await.unwrap_err();
            assert_eq!((e.kind, e.maybe_sent), (WireKind::NotAllowed, false), "{url}");
        }
    }

    #[tokio::test]
    async fn cookies_are_kept_only_on_wish() {
        for (cookies, sent) in [(true, Some("sid=1")), (false, None)] {
            let server =
                Scripted::start(|_, _| Reply::json(200, "{}").header("Set-Cookie", "sid=1; Path=/")).await;
            let c = client(|o| o.cookies = cookies);
            c.send(get(&server.url("/"))).await.unwrap();
            c.send(get(&server.url("/"))).await.unwrap();
            assert_eq!(server.seen()[1].header("cookie"), sent);
        }
    }

    #[test]
    fn debug_shows_no_value() {
        let mut request = get("https://acme.okta.com/cb?code=s3cret");
        request.headers.insert("authorization", "SSWS s3cret".parse().unwrap());
        request.body = Body::Bytes(b"s3cret".to_vec());
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("s3cret") && shown.contains("authorization") && shown.contains("acme.okta.com"),
            "{shown}"
        );
    }
}
