import random
import check
from uartnet.store import Held, Store


def test_credit_is_never_more_than_there_is_room():
    random.seed(10)
    for size in (1000, 5000, 20000, 65536):
        store = Store(size, 20)
        n = store.pool.state[1]
        for _ in range(50):
            helds = []
            for _ in range(20):
                helds.append((Held(store), store.grant()))
            assert all(64 <= credit <= 8192 for _, credit in helds)
            # Every byte granted, in the worst position.
            for held, credit in helds:
                held.add(bytes(63))
                held.add(b"x")
                held.drop(63)
                held.add(memoryview(bytes(credit - 1)))
                check.equal(held.size, credit)
            for held, credit in helds:
                held.clear()
                store.give_back(credit)
            check.equal(store.pool.state[1], n)


def test_the_first_get_more():
    store = Store(20000, 10)
    grants = [store.grant() for _ in range(10)]
    check.equal(grants[0], 8192)
    check.equal(grants, sorted(grants, reverse=True))


def test_a_datagram_gets_more_where_there_is_much():
    store = Store(1 << 20, 100)
    grants = [store.grant(65531) for _ in range(100)]
    check.equal(grants[0], 65536)
    assert sum(grants) // 64 + 100 <= store.pool.state[1], grants
    for grant in grants:
        store.give_back(grant)
    check.equal((store.grant(65531), store.grant()), (65536, 8192))


def test_what_no_channel_was_granted_is_lent():
    store = Store(0, 2)
    n = store.pool.state[1]
    a = store.grant()
    left = n - a // 64 - 1
    check.equal((store.lend(left + 1), store.lend(left)), (False, True))
    check.raises(MemoryError, store.grant)
    store.lend(-left)
    b = store.grant()
    store.give_back(a)
    store.give_back(b)
    check.equal(store.free, n)


def test_first_in_first_out():
    random.seed(11)
    store = Store(8192, 3)
    helds = [Held(store) for _ in range(3)]
    expected = [b"", b"", b""]
    buf = bytearray(200)
    for _ in range(3000):
        i = random.randint(0, 2)
        held = helds[i]
        if random.getrandbits(1):
            data = bytes(random.getrandbits(8) for _ in range(random.randint(1, 300)))
            if held.size + len(data) <= 2000:
                held.add(memoryview(data))
                expected[i] += data
        elif held.size:
            n = held.first(buf)
            check.equal(n, min(held.size, len(buf)))
            check.equal(bytes(buf[:n]), expected[i][:n])
            n = random.randint(1, n)
            held.drop(n)
            expected[i] = expected[i][n:]
        check.equal(held.size, len(expected[i]))
    for held in helds:
        held.clear()
    check.equal(store.pool.state[1], 128)


check.run(globals())
