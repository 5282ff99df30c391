//! A name server over UDP: the application's name is a record that points at the primary region's host.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;

use super::Counts;

const HEADER: usize = 12;
/// A pointer to the question's name.
const QUESTION: [u8; 2] = [0xc0, 0x0c];
const CLASS_AND_TTL: [u8; 6] = [0, 1, 0, 0, 0, 20];

pub(super) async fn serve(counts: Arc<Counts>, latency: Duration) -> io::Result<SocketAddr> {
    let socket = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).await?);
    let address = socket.local_addr()?;
    tokio::spawn(async move {
        let mut packet = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let Some(answer) = answer(&packet[..length]) else {
                continue;
            };
            counts.came("DNS");
            let socket = Arc::clone(&socket);
            tokio::spawn(async move {
                tokio::time::sleep(latency).await;
                socket.send_to(&answer, from).await.ok();
            });
        }
    });
    Ok(address)
}

/// `app-x.bench.test` is `primary-x.bench.test`, which is an address; none for what is no question.
fn answer(question: &[u8]) -> Option<Vec<u8>> {
    let label = usize::from(*question.get(HEADER)?);
    let own = question.get(HEADER + 1..HEADER + 1 + label)?;
    let rest = question.get(HEADER + 1 + label..)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    let (rest, asked) = (&rest[..=end], rest.get(end + 1..end + 5)?);
    let host = [b"primary-", own.strip_prefix(b"app-")?].concat();

    let mut packet = question[..2].to_vec();
    // An answer with authority; one question, two answers.
    packet.extend([0x84, 0x00, 0, 1, 0, 2, 0, 0, 0, 0]);
    packet.push(u8::try_from(label).ok()?);
    packet.extend(own);
    packet.extend(rest);
    packet.extend(asked);
    let mut name = vec![u8::try_from(host.len()).ok()?];
    name.extend(&host);
    name.extend(rest);
    packet.extend(QUESTION);
    packet.extend([0, 5]);
    packet.extend(CLASS_AND_TTL);
    packet.extend(u16::try_from(name.len()).ok()?.to_be_bytes());
    packet.extend(&name);
    packet.extend(&name);
    packet.extend([0, 1]);
    packet.extend(CLASS_AND_TTL);
    packet.extend([0, 4, 127, 0, 0, 1]);
    Some(packet)
}
