package dev.uartnet.proxy.objects;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A parameter of a {@linkplain RemoteObject#bind bound} interface's method that travels as a keyword argument. Null is left out. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Keyword {
    /** The argument's name on the device. */
    String value();
}
