package dev.uartnet.esp32.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A suite that every device with memory for remote objects has to pass. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass
@EnumSource(
        value = DeviceKind.class,
        names = {"VIRTUAL_IN_MEMORY", "VIRTUAL_ON_PTY", "FIRMWARE_64_BIT", "FIRMWARE_32_BIT_300K"})
@interface EachDeviceWithObjects {}
