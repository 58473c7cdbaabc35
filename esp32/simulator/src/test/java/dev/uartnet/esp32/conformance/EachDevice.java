package dev.uartnet.esp32.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A suite that every device has to pass. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(
        value = DeviceKind.class,
        mode = EnumSource.Mode.EXCLUDE,
        names = {"FIRMWARE_32_BIT_200K", "FIRMWARE_32_BIT_300K"})
@interface EachDevice {}
