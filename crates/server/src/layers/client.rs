//! Finds out where a request comes from, once.
use std::{net::SocketAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

use crate::{extract::Client, state::ServerSettings};

pub(crate) async fn find_client(
    State(settings): State<Arc<ServerSettings>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let client = Client::find(request.headers(), peer, &settings);
    if let Some(client) = client {
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}
