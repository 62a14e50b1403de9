"""Sentences that mean the same: one event, said in several ways in English and in Chinese."""
PEOPLE = dict(girl="女孩", boy="男孩", king="国王", teacher="老师", farmer="农民", doctor="医生", cook="厨师", child="孩子")
SAME = {"girl": ["girl", "young lady"], "boy": ["boy", "lad"], "child": ["child", "kid"], "doctor": ["doctor", "physician"], "farmer": ["farmer"], "king": ["king"], "teacher": ["teacher"], "cook": ["cook", "chef"]}
DEEDS = [  # (ways in English: active past, passive participle), Chinese
    ([("bought", "bought"), ("purchased", "purchased")], "买了"), ([("saw", "seen"), ("noticed", "noticed")], "看见了"), ([("lost", "lost"), ("misplaced", "misplaced")], "弄丢了"),
    ([("repaired", "repaired"), ("fixed", "fixed")], "修好了"), ([("liked", "liked"), ("loved", "loved")], "喜欢"), ([("ate", "eaten"), ("swallowed", "swallowed")], "吃了"), ([("painted", "painted"), ("drew", "drawn")], "画了"), ([("cleaned", "cleaned"), ("washed", "washed")], "洗了")]
THINGS = dict(car=["car", "automobile"], bicycle=["bicycle", "bike"], house=["house", "home"], picture=["picture", "image"], bread=["bread"], apple=["apple"], book=["book"], boat=["boat", "ship"], coat=["coat", "jacket"], stone=["stone", "rock"], cup=["cup", "mug"], dog=["dog", "puppy"])
THINGS_ZH = dict(car="汽车", bicycle="自行车", house="房子", picture="图画", bread="面包", apple="苹果", book="书", boat="船", coat="外套", stone="石头", cup="杯子", dog="狗")
PLACES = dict(garden="花园", kitchen="厨房", school="学校", market="市场", forest="森林", village="村子")
EATEN = ("bread", "apple")


def event(rng):
    deed = rng.randrange(len(DEEDS))
    thing = rng.choice(EATEN) if deed == 5 else rng.choice(list(THINGS))
    return rng.choice(list(PEOPLE)), deed, thing, rng.choice([None, *PLACES])


def held_out(e):
    people, things, places = list(PEOPLE), list(THINGS), [None, *PLACES]
    return (people.index(e[0]) * 7 + e[1] * 11 + things.index(e[2]) * 13 + places.index(e[3]) * 17) % 10 == 0


def draw(rng, held=False):
    while True:
        e = event(rng)
        if held_out(e) == held: return e


def say(rng, e, lang):
    """One of the ways to tell the event."""
    who, deed, thing, place = e
    if lang == "zh":
        v, t = DEEDS[deed][1], THINGS_ZH[thing]
        at = f"在{PLACES[place]}里" if place else ""
        if v.endswith("了") and rng.random() < .4: return f"{PEOPLE[who]}{at}把{t}{v}。"
        return (f"{at}，{PEOPLE[who]}{v}{t}。" if rng.random() < .4 else f"{PEOPLE[who]}{at}{v}{t}。") if at else f"{PEOPLE[who]}{v}{t}。"
    w, t, (active, passive) = rng.choice(SAME[who]), rng.choice(THINGS[thing]), rng.choice(DEEDS[deed][0])
    at = f" in the {place}" if place else ""
    if rng.random() < .4: return f"the {t} was {passive} by the {w}{at}."
    return f"{at[1:]}, the {w} {active} the {t}." if at and rng.random() < .4 else f"the {w} {active} the {t}{at}."


def close(rng, e):
    """Another event that shares all but one part with this one."""
    while True:
        other, k = event(rng), rng.randrange(4)
        made = tuple(other[i] if i == k else e[i] for i in range(4))
        if made != e and (made[1] != 5 or made[2] in EATEN): return made


def vocabulary():
    for ws in SAME.values(): yield " ".join(ws)
    for ways, zh in DEEDS: yield " ".join(w for pair in ways for w in pair) + " " + zh
    for ws in THINGS.values(): yield " ".join(ws)
    yield from [*PEOPLE.values(), *THINGS_ZH.values(), *PLACES, *PLACES.values(), "the was by in", "在里把，。"]
