//! The client: which address is allowed, which connection is used, and how much of an answer is read.

use super::error::{self, WireError, WireKind};
use super::meter::Meter;
use super::{Body, Options, Request, Response, Timing, certificate};
use http::Method;
use http::header::CONTENT_LENGTH;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use url::{Host, Url};

/// How long the look at a refused certificate may take.
const LOOK: Duration = Duration::from_secs(3);

/// Sends requests. Cheap to make and to clone: the connection pool and the certificates are loaded with the first request that
/// needs them, off the runtime's threads, so a screen can be drawn before.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    options: Options,
    epoch: Instant,
    jar: Option<Arc<reqwest::cookie::Jar>>,
    meter: Meter,
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
        Ok(Self(Arc::new(Inner { options, epoch, jar, meter: Meter::default(), here, here_tls, out })))
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

        // What was measured before is of another request.
        let _ = self.0.meter.take();
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
        let (name, connection) = self.0.meter.take();
        let protocol = protocol(answer.version());
        let info = answer.extensions().get::<reqwest::tls::TlsInfo>();
        let certificate = info.and_then(|i| i.peer_certificate()).and_then(certificate::in_words);
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let body = self.read(&mut answer, &host, secure).await?;
        let timing = Timing { started, first_byte, total: begun.elapsed(), name, connection };
        Ok(Response { status, headers, body, timing, protocol, certificate })
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
            let detail = format!("no certificate store can be used ({detail}); SSL_CERT_FILE names one");
            Err(WireError { kind: WireKind::Tls, host: String::new(), detail, maybe_sent: false })
        })
        .await
    }

    /// Adds to a certificate error who signed the certificate: behind an intercepting proxy that is its name.
    async fn name_issuer(&self, e: &mut WireError, url: &Url, road: Road) {
        if !e.detail.contains("certificate") {
            return;
        }
        // A second handshake, only to look at the certificate: no path, no header, no cookie, no token goes with it, and its
        // answer is dropped unread. GET, because there are servers that never answer a HEAD.
        let inner = Arc::clone(&self.0);
        let look = move || {
            inner.bare(road).timeout(LOOK).tls_info(true).tls_danger_accept_invalid_certs(true).build()
        };
        let Ok(Ok(look)) = tokio::task::spawn_blocking(look).await else { return };
        let Ok(root) = url.join("/") else { return };
        let Ok(answer) = look.get(root).send().await else { return };
        let info = answer.extensions().get::<reqwest::tls::TlsInfo>();
        if let Some(issuer) = info.and_then(|i| i.peer_certificate()).and_then(certificate::issuer) {
            e.detail = format!("{} (the certificate was issued by {issuer})", e.detail);
        }
    }
}

impl Inner {
    fn builder(&self, road: Road) -> reqwest::ClientBuilder {
        let builder = match self.options.measured {
            true => {
                let (resolver, layer) = (Arc::new(self.meter.clone()), self.meter.clone());
                self.bare(road).dns_resolver(resolver).connector_layer(layer).tls_info(true)
            }
            false => self.bare(road),
        };
        match &self.jar {
            Some(jar) => builder.cookie_provider(Arc::clone(jar)),
            None => builder,
        }
    }

    /// Without cookies.
    fn bare(&self, road: Road) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .connect_timeout(self.options.connect_timeout)
            .timeout(self.options.total_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(self.options.user_agent.clone());
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

fn protocol(version: http::Version) -> &'static str {
    match version {
        http::Version::HTTP_2 => "HTTP/2",
        http::Version::HTTP_3 => "HTTP/3",
        http::Version::HTTP_10 => "HTTP/1.0",
        _ => "HTTP/1.1",
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
