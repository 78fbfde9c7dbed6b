//! Captures as a browser's developer tools write them; `benches/har.rs` has the same.

use serde_json::{Value, json};

/// The rule that a capture of [`browser_har`] leads to.
pub const FAILED: &str = "assignment.none";

/// One entry, with the headers that a browser sends and gets.
pub fn entry(method: &str, url: &str, status: u16, media_type: &str, text: &str) -> Value {
    let headers: Vec<Value> = (0..12)
        .map(|n| json!({ "name": format!("sec-ch-header-{n}"), "value": "\"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"" }))
        .collect();
    json!({
        "startedDateTime": "2026-11-23T08:59:00.000Z", "time": 12.5,
        "request": {
            "method": method, "url": url, "httpVersion": "http/2.0", "headers": headers, "queryString": [], "cookies": [],
            "headersSize": -1, "bodySize": 0,
        },
        "response": {
            "status": status, "statusText": "", "httpVersion": "http/2.0", "headers": headers, "cookies": [],
            "content": { "size": text.len(), "mimeType": media_type, "text": text },
            "redirectURL": "", "headersSize": -1, "bodySize": -1, "_transferSize": text.len(),
        },
        "cache": {}, "timings": { "blocked": 1.0, "send": 0.1, "wait": 10.0, "receive": 1.4 },
        "_initiator": { "type": "script", "stack": { "callFrames": [{ "url": "https://app.example/main.js", "lineNumber": 1 }] } },
    })
}

/// A capture of `entries`: pictures, scripts and calls of a web app, and near its end a sign-in that fails.
pub fn browser_har(entries: usize) -> Vec<u8> {
    let script = "function a(b){return b+1};".repeat(120);
    let mut list: Vec<Value> = (0..entries.saturating_sub(2))
        .map(|n| match n % 3 {
            0 => entry("GET", &format!("https://app.example/assets/{n}.js"), 200, "text/javascript", &script),
            1 => entry(
                "GET",
                &format!("https://app.example/pictures/{n}.png"),
                200,
                "image/png",
                "iVBORw0KGgo=",
            ),
            _ => entry(
                "GET",
                &format!("https://app.example/api/items?page={n}"),
                200,
                "application/json",
                "{\"items\":[]}",
            ),
        })
        .collect();
    let authorize = "https://acme.okta.com/oauth2/default/v1/authorize?client_id=0oa1&response_type=code&scope=openid&state=s1-2&redirect_uri=https%3A%2F%2Fauth.aigateway.cequence.ai%2Fv1%2Foutbound%2Foauth%2Fcallback";
    let callback = "https://auth.aigateway.cequence.ai/v1/outbound/oauth/callback?state=s1-2&error=access_denied&error_description=User+is+not+assigned+to+the+client+application.";
    let mut asked = entry("GET", authorize, 302, "text/html", "");
    asked["response"]["redirectURL"] = callback.into();
    list.push(asked);
    list.push(entry("GET", callback, 400, "text/html", "<title>Sign-in failed</title>"));
    let har = json!({ "log": { "version": "1.2", "creator": { "name": "WebInspector", "version": "537.36" }, "pages": [], "entries": list } });
    format!("{har:#}").into_bytes()
}
