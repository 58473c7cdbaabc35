package dev.uartnet.proxy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Dependencies point one way. */
@AnalyzeClasses(packages = "dev.uartnet", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule CODEC_KNOWS_ONLY_ITSELF = noClasses()
            .that()
            .resideInAPackage("dev.uartnet.codec..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.uartnet.transport..", "dev.uartnet.proxy..", "dev.uartnet.esp32..", "reactor..");

    @ArchTest
    static final ArchRule TRANSPORT_KNOWS_ONLY_ITSELF = noClasses()
            .that()
            .resideInAPackage("dev.uartnet.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.uartnet.codec..", "dev.uartnet.proxy..", "dev.uartnet.esp32..", "reactor..");

    @ArchTest
    static final ArchRule ONE_CLASS_OPENS_PORTS = noClasses()
            .that()
            .resideInAPackage("dev.uartnet.proxy..")
            .and()
            .doNotHaveSimpleName("SerialConnector")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.uartnet.transport..", "dev.uartnet.esp32..");

    @ArchTest
    static final ArchRule MICROMETER_IS_OPTIONAL = noClasses()
            .that()
            .resideOutsideOfPackage("dev.uartnet.proxy.metrics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "dev.uartnet.proxy.metrics..");
}
