use std::sync::Arc;

use super::*;

const AGENCY: &str = "China's commerce ministry said on Tuesday it would ban exports of gallium, germanium and antimony to \
    the United States, a day after Washington's latest crackdown on China's chip sector. The ministry cited national \
    security concerns in its announcement, which takes immediate effect. It also requires stricter review of end-usage for \
    graphite items shipped to the U.S. In principle, the export of gallium, germanium, antimony and superhard materials to \
    the United States shall not be permitted, the ministry said. The curbs strengthen enforcement of existing limits on \
    critical minerals exports that Beijing began rolling out last year, but apply only to the U.S. market, in the latest \
    escalation of trade tensions between the world's two largest economies. Gallium and germanium are used in \
    semiconductors, while germanium is also used in infrared technology, fibre optic cables and solar cells. Antimony is \
    used in bullets and other weaponry, while graphite is the largest component by volume of electric vehicle batteries.";

const OWN_WORDS: &str = "Beijing hit back at American chip sanctions on Tuesday by halting shipments of three metals that \
    weapons makers and electronics companies depend on. The Ministry of Commerce announced that gallium, germanium and \
    antimony may no longer be sold to buyers in the United States, and that graphite sales will face closer scrutiny. \
    Officials called the step necessary to protect national security. Analysts said prices, already at records after \
    earlier licensing rules, could climb further as manufacturers look for supplies in Canada, Belgium and Japan. China \
    produces almost all of the world's refined gallium and more than half of its germanium, according to Project Blue.";

/// Cluster and size of each document.
fn clusters(prints: &[Fingerprint]) -> Vec<(u64, u32)> {
    let folder = tempfile::tempdir().unwrap();
    let mut all = Prints::within(folder.path());
    prints.iter().for_each(|print| all.push(&Arc::new(*print)).unwrap());
    Clusters::find(all).unwrap().range(0, prints.len()).unwrap()
}

fn ids(texts: &[&str]) -> Vec<u64> {
    let prints: Vec<Fingerprint> = texts.iter().map(|text| Fingerprint::of(text)).collect();
    clusters(&prints).into_iter().map(|(id, _)| id).collect()
}

fn join(one: &str, other: &str) -> bool {
    let ids = ids(&[one, other]);
    ids[0] == ids[1] && ids[0] != 0
}

#[test]
fn syndicated_articles_join() {
    let first_sentence = AGENCY.find("The ministry cited").unwrap();
    let rewritten = format!(
        "Beijing moves against Washington: export stop for metals. China on Tuesday stopped selling several metals to the \
         US in response to new chip curbs. {} (Reuters, editing by our staff)",
        &AGENCY[first_sentence..]
    );
    assert!(join(AGENCY, &rewritten));
    assert!(join(AGENCY, &AGENCY.to_uppercase().replace(", ", " — ")));
}

#[test]
fn own_words_do_not_join() {
    assert!(!join(AGENCY, OWN_WORDS));
}

#[test]
fn syndicated_chinese_joins() {
    let body = "商务部新闻发言人表示，为维护国家安全和利益、履行防扩散等国际义务，决定对镓、锗、锑、超硬材料、石墨相关两用物项\
        加强对美国出口管制，禁止两用物项对美国军事用户或军事用途出口，原则上不予许可上述物项对美国出口，对石墨两用物项实施更严格的\
        最终用户和最终用途审查。任何国家和地区的组织和个人违反规定的，将依法追究法律责任。本公告自公布之日起正式实施。";
    let other = "针对美国最新的芯片限制措施，北京方面周二作出反击，宣布停止向美国出售三种关键金属。分析人士认为，镓和锗的价格可能继续上涨，\
        日本、加拿大和比利时的供应商将从中受益。中国占全球精炼镓产量的九成以上，美国企业正在寻找替代来源，但短期内难以摆脱依赖。";
    assert!(join(&format!("新华社北京12月3日电 {body}"), &format!("中国加强对美出口管制。{body}（完）")));
    assert!(!join(body, other));
}

#[test]
fn short_texts_join_only_when_equal() {
    assert!(join("China bans gallium exports to America!", "china bans  gallium exports to america"));
    assert!(!join("China bans gallium exports to America today", "China bans gallium exports to America"));
    assert!(!join("", ""));
    assert!(!join(" — ", ""));
}

#[test]
fn a_document_without_words_stands_alone() {
    let found = clusters(&[Fingerprint::of(""), Fingerprint::of("…"), Fingerprint::of("one")]);
    assert_eq!(found[..2], [(0, 1), (0, 1)]);
    assert!(found[2].0 != 0 && found[2].1 == 1);
    let none = Clusters::none(&std::env::temp_dir());
    assert_eq!((none.repeated(), none.range(7, 2).unwrap()), (0, vec![(0, 1); 2]));
}

/// A deterministic stream of numbers, so that the checks below need no library.
fn random(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

/// Documents in families: copies of an original with some words changed.
fn families(seed: u64, count: usize) -> Vec<String> {
    let mut state = seed;
    let mut texts: Vec<String> = Vec::new();
    while texts.len() < count {
        let original: Vec<String> =
            (0..40 + random(&mut state) % 200).map(|_| format!("w{}", random(&mut state) % 500)).collect();
        for _ in 0..1 + random(&mut state) % 5 {
            let mut copy = original.clone();
            for _ in 0..random(&mut state) % 12 {
                let at = random(&mut state) % copy.len();
                copy[at] = format!("x{}", random(&mut state));
            }
            texts.push(copy.join(" "));
        }
    }
    texts
}

#[test]
fn the_order_of_documents_does_not_matter() {
    for seed in 0..20 {
        let texts = families(seed, 300);
        let prints: Vec<Fingerprint> = texts.iter().map(|text| Fingerprint::of(text)).collect();
        let found = clusters(&prints);
        let mut order: Vec<usize> = (0..prints.len()).collect();
        let mut state = seed;
        for i in (1..order.len()).rev() {
            order.swap(i, random(&mut state) % (i + 1));
        }
        let shuffled: Vec<Fingerprint> = order.iter().map(|i| prints[*i]).collect();
        let again = clusters(&shuffled);
        for (at, i) in order.iter().enumerate() {
            assert_eq!(again[at], found[*i]);
        }
    }
}

#[test]
fn sizes_count_the_documents_of_each_cluster() {
    let prints: Vec<Fingerprint> = families(7, 500).iter().map(|text| Fingerprint::of(text)).collect();
    let found = clusters(&prints);
    for (id, size) in &found {
        assert_eq!(found.iter().filter(|(other, _)| other == id).count(), *size as usize);
    }
    assert!(found.iter().any(|(_, size)| *size > 1));
}

/// A template that thousands of notices share must not cost the square of their number.
#[test]
fn a_large_bucket_is_linear() {
    let notice = |number: usize| format!("{} {}", AGENCY, "word ".repeat(number % 50) + &number.to_string());
    let prints: Vec<Fingerprint> = (0..5_000).map(|number| Fingerprint::of(&notice(number))).collect();
    assert_eq!(clusters(&prints)[0].1, 5_000);
}

/// More documents than are looked at together, among them many that share a band: each text meets the rest of its bucket.
#[test]
fn clusters_do_not_end_where_a_chunk_does() {
    let notice = |number: usize| format!("{AGENCY} Lot {number} of {} was closed.", number % 7);
    let mut prints: Vec<Fingerprint> = (0..40_000).map(|number| Fingerprint::of(&notice(number))).collect();
    prints.push(Fingerprint::of(OWN_WORDS));
    let found = clusters(&prints);
    assert!(found[..40_000].iter().all(|one| *one == (found[0].0, 40_000)));
    assert_eq!(found[40_000].1, 1);
}
