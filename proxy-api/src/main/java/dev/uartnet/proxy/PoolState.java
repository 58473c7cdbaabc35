package dev.uartnet.proxy;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a {@link ProxyPool} stands: its boards, in the order in which they were given.
 *
 * @param members one state each
 */
public record PoolState(List<PoolMemberState> members) {
    /** As given; the list is copied. */
    public PoolState {
        members = List.copyOf(members);
    }

    /** Returns whether a board can take new sockets. */
    public boolean isUp() {
        return members.stream().anyMatch(PoolMemberState::isUp);
    }

    /** Returns how many boards can. */
    public int up() {
        return (int) members.stream().filter(PoolMemberState::isUp).count();
    }

    /** Returns whether no board is left that could come back. */
    boolean isOver() {
        return members.stream().allMatch(member -> member.kind() == PoolMemberState.Kind.CLOSED);
    }

    /** For people: {@code 1 of 2 boards up: /dev/ttyUSB0 is UP; /dev/ttyUSB1 is DOWN: ...}. */
    @Override
    public String toString() {
        return up() + " of " + members.size() + " boards up: "
                + members.stream().map(PoolMemberState::toString).collect(Collectors.joining("; "));
    }
}
