//! The wire against a server that misbehaves as told.

use super::scripted::{Reply, Scripted};
use super::{Body, Client, Options, Request, WireKind};
use http::{HeaderMap, Method};
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
    client(|_| {}).send(Request { method: Method::POST, body, ..get(&server.url("/logo")) }).await.unwrap();
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

fn compressed(body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
    Reply::raw([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn a_compressed_answer_is_read_and_measured_unpacked() {
    // `{"a":1}`, and the beginning of many zeros: 2 KB that unpack to more than 1 MB.
    const SMALL: &[u8] =
        b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\x56\x4a\x54\xb2\x32\xac\x05\0\xaf\xac\x1b\x56\x07\0\0\0";
    const ZEROS: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xec\xc1\x01\x01\0\0\0\x80\x90\xfe\xaf\xee\x08\x0a";
    let server = Scripted::start(|n, _| match n {
        0 => compressed(SMALL),
        _ => compressed(&[ZEROS, &[0; 2_000]].concat()),
    })
    .await;
    let c = client(|o| o.max_body = 1 << 20);
    assert_eq!(c.send(get(&server.url("/"))).await.unwrap().body, br#"{"a":1}"#);
    assert_eq!(server.seen()[0].header("accept-encoding"), Some("gzip"));
    assert_eq!(c.send(get(&server.url("/"))).await.unwrap_err().kind, WireKind::TooLarge);
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
async fn nobody_there() {
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

#[tokio::test]
async fn a_connection_is_measured_on_wish() {
    let server = Scripted::start(|_, _| Reply::json(200, "{}")).await;
    let plain = client(|_| {}).send(get(&server.url("/"))).await.unwrap();
    assert_eq!((plain.timing.connection, plain.timing.name), (None, None));
    assert_eq!((plain.protocol, plain.certificate), ("HTTP/1.1", None));
    let measured = client(|options| options.measured = true).send(get(&server.url("/"))).await.unwrap();
    let connection = measured.timing.connection.unwrap();
    assert!(connection <= measured.timing.first_byte, "{:?}", measured.timing);
    assert_eq!(measured.timing.name, None, "an address has no name to look up");
}

#[tokio::test]
async fn a_name_is_looked_up_as_the_system_does_it_and_that_is_measured_once() {
    use reqwest::dns::Resolve;
    let meter = super::meter::Meter::default();
    let found: Vec<_> = meter.resolve("localhost".parse().unwrap()).await.unwrap().collect();
    assert!(found.iter().any(|address| address.ip().is_loopback()), "{found:?}");
    assert!(meter.take().0.is_some());
    assert_eq!(meter.take(), (None, None));
}
