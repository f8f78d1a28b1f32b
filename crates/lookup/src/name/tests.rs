use std::{net::Ipv4Addr, time::Instant};

use hickory_resolver::proto::{
    op::{Message, MessageType, ResponseCode},
    rr::{Name, RData, Record, rdata::PTR},
};
use tokio::{net::UdpSocket, task::JoinSet};

use super::*;

/// What a name server answers to a question; `None` is silence.
type Answer = fn(&str) -> Option<Result<Vec<&'static str>, ResponseCode>>;

/// A name server on this machine, as long as the set lives.
async fn name_server(answer: Answer) -> (Names, JoinSet<()>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = socket.local_addr().unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let question = Message::from_vec(&buffer[..length]).unwrap();
            let query = question.queries.first().unwrap().clone();
            let Some(answer) = answer(&query.name().to_ascii()) else {
                continue;
            };
            let mut reply = Message::new(
                question.metadata.id,
                MessageType::Response,
                question.metadata.op_code,
            );
            reply.metadata.recursion_available = true;
            reply.add_query(query.clone());
            match answer {
                Err(code) => reply.metadata.response_code = code,
                Ok(names) => {
                    for name in names {
                        let name = RData::PTR(PTR(Name::from_labels(
                            name.split('.').map(str::as_bytes),
                        )
                        .unwrap()));
                        reply.add_answer(Record::from_rdata(query.name().clone(), 60, name));
                    }
                }
            }
            socket
                .send_to(&reply.to_vec().unwrap(), from)
                .await
                .unwrap();
        }
    });
    (Names::new(Some(address)), serving)
}

async fn asked(answer: Answer, address: &str) -> Result<Option<String>, LookupError> {
    let (names, _serving) = name_server(answer).await;
    names.name(address.parse().unwrap()).await
}

#[tokio::test]
async fn name_is_the_pointer_of_the_address_turned_around() {
    let answer: Answer = |question| match question {
        "7.2.0.192.in-addr.arpa." => Some(Ok(vec!["host.example.net"])),
        _ => Some(Err(ResponseCode::Refused)),
    };
    let name = Some("host.example.net".to_owned());
    assert_eq!(asked(answer, "192.0.2.7").await, Ok(name.clone()));
    assert_eq!(asked(answer, "::ffff:192.0.2.7").await, Ok(name));
    let answer: Answer = |question| {
        assert!(
            question.ends_with(".8.b.d.0.1.0.0.2.ip6.arpa."),
            "{question}"
        );
        Some(Ok(vec!["b.example", "a.example"]))
    };
    assert_eq!(
        asked(answer, "2001:db8::1").await,
        Ok(Some("a.example".to_owned()))
    );
}

#[tokio::test]
async fn address_without_a_name_has_none() {
    assert_eq!(
        asked(|_| Some(Err(ResponseCode::NXDomain)), "192.0.2.7").await,
        Ok(None)
    );
    assert_eq!(asked(|_| Some(Ok(vec![])), "192.0.2.7").await, Ok(None));
}

#[tokio::test]
async fn server_that_refuses_is_an_error_and_silence_ends_in_time() {
    let refused = asked(|_| Some(Err(ResponseCode::ServFail)), "192.0.2.7").await;
    assert!(
        matches!(refused, Err(LookupError::Unreachable(_))),
        "{refused:?}"
    );
    let begin = Instant::now();
    assert_eq!(
        asked(|_| None, "192.0.2.7").await,
        Err(LookupError::TimedOut)
    );
    assert!(begin.elapsed() < LIMIT + Duration::from_secs(5));
}

#[tokio::test]
async fn name_with_hostile_bytes_is_written_in_letters() {
    let answer: Answer = |_| Some(Ok(vec!["\u{1b}[31m\n ü.example"]));
    let name = asked(answer, "192.0.2.7").await.unwrap().unwrap();
    assert!(name.bytes().all(|byte| byte.is_ascii_graphic()), "{name:?}");
}
