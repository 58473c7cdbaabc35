package dev.uartnet.proxy.objects;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a {@linkplain RemoteObject#bind bound} interface that stands for an attribute: without parameter it gets, with one it sets and returns {@code
 * Mono<Void>}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RemoteProperty {}
