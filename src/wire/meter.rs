//! How long a connection took: the name and, around it, the whole of name, TCP and TLS. For a client that sends one request after another;
//! where several go at once it is not known whose connection was measured.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower_layer::Layer;
use tower_service::Service;

/// Times of the connection that was made last, in microseconds and one more; 0: none was made.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Times>);

#[derive(Default)]
struct Times {
    name: AtomicU64,
    connection: AtomicU64,
}

fn keep(place: &AtomicU64, took: Duration) {
    place.store(u64::try_from(took.as_micros()).unwrap_or(u64::MAX - 1).saturating_add(1), Ordering::Relaxed);
}

fn taken(place: &AtomicU64) -> Option<Duration> {
    place.swap(0, Ordering::Relaxed).checked_sub(1).map(Duration::from_micros)
}

impl Meter {
    /// What was measured since the last call: the name, and all of it. `None`: an open connection was used again, or the name was not
    /// looked up here.
    pub(super) fn take(&self) -> (Option<Duration>, Option<Duration>) {
        (taken(&self.0.name), taken(&self.0.connection))
    }
}

impl Resolve for Meter {
    /// As the system resolves it (getaddrinfo), which is what the library does by itself.
    fn resolve(&self, name: Name) -> Resolving {
        let meter = self.clone();
        Box::pin(async move {
            let begun = Instant::now();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            keep(&meter.0.name, begun.elapsed());
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

impl<S> Layer<S> for Meter {
    type Service = Measured<S>;

    fn layer(&self, inner: S) -> Measured<S> {
        Measured { inner, meter: self.clone() }
    }
}

/// A connector whose time is taken.
#[derive(Clone)]
pub(super) struct Measured<S> {
    inner: S,
    meter: Meter,
}

impl<S, R> Service<R> for Measured<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let (meter, begun) = (self.meter.clone(), Instant::now());
        let connecting = self.inner.call(request);
        Box::pin(async move {
            let made = connecting.await;
            keep(&meter.0.connection, begun.elapsed());
            made
        })
    }
}
