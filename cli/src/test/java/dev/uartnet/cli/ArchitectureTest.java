package dev.uartnet.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the modules. Here, since only the command has all of them on its classpath. */
@AnalyzeClasses(packages = "dev.uartnet", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String TRANSPORT = "dev.uartnet.transport..";
    private static final String CODEC = "dev.uartnet.codec..";
    private static final String PROXY = "dev.uartnet.proxy..";
    private static final String ESP32 = "dev.uartnet.esp32..";
    private static final String MEASURE = "dev.uartnet.measure..";
    private static final String CLI = "dev.uartnet.cli..";
    private static final String REACTOR = "reactor..";

    @ArchTest
    static final ArchRule transportKnowsPortsOnly = noClasses()
            .that()
            .resideInAPackage(TRANSPORT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CODEC, PROXY, ESP32, MEASURE, CLI, REACTOR);

    @ArchTest
    static final ArchRule codecKnowsNeitherPortsNorReactor = noClasses()
            .that()
            .resideInAPackage(CODEC)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TRANSPORT, PROXY, ESP32, MEASURE, CLI, REACTOR, "com.fazecast..", "com.sun.jna..");

    @ArchTest
    static final ArchRule proxyOpensPortsInOnePlace = noClasses()
            .that()
            .resideInAPackage(PROXY)
            .and()
            .doNotHaveSimpleName("SerialConnector")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TRANSPORT);

    @ArchTest
    static final ArchRule proxyKnowsNoDeviceOfOurs = noClasses()
            .that()
            .resideInAPackage(PROXY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ESP32, MEASURE, CLI);

    @ArchTest
    static final ArchRule deviceKnowsNoHostSide = noClasses()
            .that()
            .resideInAPackage(ESP32)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(PROXY, MEASURE, CLI);

    @ArchTest
    static final ArchRule measuringKnowsTheClientOnly = noClasses()
            .that()
            .resideInAPackage(MEASURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(TRANSPORT, ESP32, CLI, "org.openjdk.jmh..");

    @ArchTest
    static final ArchRule onlyTheTransportTouchesJSerialComm = classes()
            .that()
            .resideOutsideOfPackage(TRANSPORT)
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage("com.fazecast..");

    // From the wire up: slip, crc, link, message, request. MalformedMessageException only names link in its Javadoc.

    @ArchTest
    static final ArchRule slipAndCrcStandAlone = noClasses()
            .that()
            .resideInAnyPackage("dev.uartnet.codec.slip..", "dev.uartnet.codec.crc..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.uartnet.codec.link..", "dev.uartnet.codec.message..", "dev.uartnet.codec.request..");

    @ArchTest
    static final ArchRule linkAndMessagesDoNotKnowEachOther = noClasses()
            .that()
            .resideInAnyPackage("dev.uartnet.codec.link..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.uartnet.codec.message..", "dev.uartnet.codec.request..");

    @ArchTest
    static final ArchRule messagesNeedNoLink = noClasses()
            .that()
            .resideInAnyPackage("dev.uartnet.codec.message..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.uartnet.codec.link..", "dev.uartnet.codec.request..");
}
